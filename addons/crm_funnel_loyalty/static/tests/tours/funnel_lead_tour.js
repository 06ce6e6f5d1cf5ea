import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("crm_funnel_lead_to_quotation", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the funnel",
            trigger: '.o_app[data-menu-xmlid="crm_funnel_loyalty.menu_root"]',
            run: "click",
        },
        {
            content: "Drag the card to the second stage",
            trigger: ".o_kanban_group:eq(0) .o_kanban_record span:contains(Tour lead)",
            run: "drag_and_drop (.o_kanban_group:has(.o_column_title:contains(Consulting)))",
        },
        {
            content: "Open the lead",
            trigger: ".o_kanban_group:eq(1) .o_kanban_record:contains(Tour lead)",
            run: "click",
        },
        {
            content: "The bar shows the new stage; press the one button",
            trigger:
                ".o_form_view:has(.o_arrow_button_current:contains(Consulting)) " +
                ".o_statusbar_buttons button[name=action_convert_to_opportunity]",
            run: "click",
        },
        {
            content: "On the opportunity: new quotation",
            trigger: "button[name=action_sale_quotations_new]",
            run: "click",
        },
        {
            content: "The quotation is for the new customer",
            trigger: ".o_field_widget[name=partner_id] input:value(Tour Customer)",
        },
        {
            content: "Save it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Saved",
            trigger: ".o_form_saved",
        },
    ],
});
