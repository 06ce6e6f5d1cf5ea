import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const BAND = ".o_form_view .o_funnel_band";

const openFunnel = () => [
    stepUtils.showAppsMenuItem(),
    {
        content: "Open the funnel",
        trigger: '.o_app[data-menu-xmlid="crm_funnel_loyalty.menu_root"]',
        run: "click",
    },
];

const goBack = (content) => ({
    content,
    trigger: ".o_control_panel .o_breadcrumb .o_back_button a",
    run: "click",
});

/** From the customer: need, quotation, order, and back; the customer is on a tier. */
const buy = (tier, isFirst = false) => [
    {
        content: "A new need",
        trigger: `${BAND} button[name=action_new_need]`,
        run: "click",
    },
    ...(isFirst
        ? [
              {
                  content: "The product that is wanted",
                  trigger: ".o_field_widget[name=need_product_ids] input",
                  run: "edit Tour tea",
              },
              {
                  content: "Take it",
                  trigger:
                      ".o_field_widget[name=need_product_ids] " +
                      ".o-autocomplete--dropdown-item:contains(Tour tea)",
                  run: "click",
              },
          ]
        : []),
    {
        content: "The need tells the product; quote it",
        trigger:
            ".o_form_view:has(.o_field_widget[name=need_product_ids] " +
            ".o_tag:contains(Tour tea)) button[name=action_sale_quotations_new]",
        run: "click",
    },
    {
        content: "The quotation has the product; confirm it",
        trigger:
            ".o_form_view:has(.o_field_widget[name=order_line] " +
            ".o_data_row:contains(Tour tea)) " +
            ".o_statusbar_buttons button[name=action_confirm]",
        run: "click",
    },
    {
        content: "It is an order",
        trigger: ".o_arrow_button_current:contains(Sales Order)",
    },
    goBack("Back to the need"),
    {
        content: "The need",
        trigger: ".o_form_view .o_field_widget[name=need_product_ids]",
    },
    goBack("Back to the customer"),
    {
        content: `The customer is on ${tier}`,
        trigger: `${BAND}:contains(${tier})`,
    },
];

registry.category("web_tour.tours").add("crm_funnel_climb", {
    steps: () => [
        {
            content: "Everybody starts as a target customer",
            trigger: `${BAND}:contains(Target Customer)`,
        },
        ...buy("Contract", true),
        ...buy("Repeat Customer"),
        ...buy("Repeat Customer"),
        ...buy("Loyal Customer"),
        {
            content: "Why?",
            trigger: `${BAND} button:contains(Why?)`,
            run: "click",
        },
        {
            content: "The receipt names the rule and the document",
            trigger:
                ".modal:has(.o_field_widget[name=rule]:contains(worth)) " +
                "button[name=action_open_document]",
            run: "click",
        },
        {
            content: "The proof is the last order",
            trigger: ".o_arrow_button_current:contains(Sales Order)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_funnel_went_down", {
    steps: () => [
        {
            content: "Down, but the highest tier is remembered",
            trigger: `${BAND}:contains(Repeat Customer):contains(Raving Fan)`,
        },
        {
            content: "And why",
            trigger: `${BAND} .o_field_widget[name=funnel_reason]:contains(No longer)`,
        },
        {
            content: "All receipts",
            trigger: "button[name=action_view_funnel_moves]",
            run: "click",
        },
        {
            content: "Down from the top",
            trigger:
                ".o_list_view .o_data_row:contains(Raving Fan):contains(Down)" +
                ":contains(Loyal Customer)",
        },
        {
            content: "And down after the period",
            trigger:
                ".o_list_view .o_data_row:contains(Loyal Customer):contains(Down)" +
                ":contains(Repeat Customer)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_funnel_picture", {
    steps: () => [
        ...openFunnel(),
        {
            content: "The picture",
            trigger: '[data-menu-xmlid="crm_funnel_loyalty.menu_funnel_picture"]',
            run: "click",
        },
        {
            content: "Seven layers; click the third",
            trigger:
                ".o_funnel_picture:has(.o_funnel_layer:eq(6)) " +
                "[data-tier=quotation] .o_funnel_layer",
            run: "click",
        },
        {
            content: "Who is on it",
            trigger: ".o_list_view .o_data_row:contains(Tour Quoted)",
        },
        goBack("Back to the picture"),
        {
            content: "Another period",
            trigger: ".o_funnel_picture [data-period=twelve]",
            run: "click",
        },
        {
            content: "Only those of one channel",
            trigger:
                ".o_funnel_picture:has([data-period=twelve].active) select[data-filter=medium_id]",
            run: "selectByLabel Tour Fair",
        },
        {
            content: "One customer is left; who came up to it?",
            trigger:
                ".o_funnel_picture:has(.o_funnel_totals b:first:contains(/^1$/)) " +
                "[data-tier=contract] [data-direction=up]",
            run: "click",
        },
        {
            content: "The move, with its reason",
            trigger: ".o_list_view .o_data_row:contains(Tour Buyer) td[name=rule]",
            run: "click",
        },
        {
            content: "The receipt",
            trigger: ".o_form_view .o_field_widget[name=document]:contains(/S\\d+/)",
        },
        goBack("Back to the moves"),
        {
            content: "The moves",
            trigger: ".o_list_view .o_data_row:contains(Tour Buyer)",
        },
        goBack("Back to the picture, filtered as before"),
        {
            content: "Into the layer of buyers",
            trigger:
                ".o_funnel_picture:has(select[data-filter=medium_id].fw-bold) " +
                "[data-tier=contract] .o_funnel_layer",
            run: "click",
        },
        {
            content: "Open the buyer",
            trigger: ".o_list_view .o_data_row:contains(Tour Buyer) td[name=phone]",
            run: "click",
        },
        {
            content: "Back into the funnel with one click",
            trigger: `${BAND} button[name=action_new_need]`,
            run: "click",
        },
        {
            content: "With the products of the last order",
            trigger:
                ".o_form_view .o_field_widget[name=need_product_ids] " +
                ".o_tag:contains(Tour tea)",
        },
        {
            content: "And the order they come from",
            trigger:
                ".o_form_view .o_field_widget[name=previous_order_id]:contains(/S\\d+/)",
        },
    ],
});
