import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

/** The dialog is there for this partner, and the keys are listened to. */
function atPartner(name, place) {
    return [
        {
            content: `It is ${name}'s turn`,
            trigger: `.modal .o_crm_card:contains('${name}')`,
        },
        {
            trigger: `.modal [name='position_text']:contains('${place}')`,
        },
        {
            content: "The keys are listened to",
            trigger: ".modal .o_crm_result_key:focus",
        },
    ];
}

registry.category("web_tour.tours").add("crm_campaign_partner_desk", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: ".o_app[data-menu-xmlid='crm_campaign_partner.menu_root']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_campaign_partner.menu_my_calls']",
            run: "click",
        },
        {
            content: "The own three, and nobody else's",
            trigger: ".o_list_view .o_data_row:contains('Dealer A')",
        },
        {
            trigger:
                ".o_list_view:not(:has(.o_data_row:contains('Dealer X'))) .o_data_row:contains('Dealer C')",
        },
        {
            trigger:
                ".o_data_row:contains('Dealer A') button[name='action_record_result']",
            run: "click",
        },
        ...atPartner("Dealer A", "1/3"),
        {
            content: "1: joined",
            trigger: ".modal .o_crm_result_key:first",
            run: "press 1",
        },
        {
            trigger: ".modal .o_crm_result_key.active:contains('Joined')",
            run: "press Enter",
        },
        ...atPartner("Dealer B", "2/3"),
        {
            content: "2: considering, with a note, tomorrow again",
            trigger: ".modal .o_crm_result_key:first",
            run: "press 2",
        },
        {
            trigger: ".modal .o_crm_result_key.active:contains('Considering')",
        },
        {
            trigger: ".modal [name='note'] textarea",
            run: "edit Wants a sample",
        },
        {
            trigger: ".modal [name='next_date'] button:contains('Tomorrow')",
            run: "click",
        },
        {
            trigger: ".modal [name='next_date'] button.active",
        },
        {
            trigger: ".modal [name='note'] textarea",
            run: "press Control+Enter",
        },
        ...atPartner("Dealer C", "3/3"),
        {
            content: "5: wrong number, corrected at once",
            trigger: ".modal .o_crm_result_key:first",
            run: "press 5",
        },
        {
            trigger: ".modal [name='partner_phone'] input",
            run: "edit 0987654321",
        },
        {
            trigger: ".modal [name='note'] textarea",
            run: "press Control+Enter",
        },
        {
            content: "That was the last one",
            trigger: ".o_notification:contains('last one')",
        },
        {
            content: "The list shows what was recorded",
            trigger:
                "body:not(:has(.modal)) .o_data_row:contains('Dealer B'):contains('Considering')",
        },
        {
            content: "An SMS to all of them",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name='action_send_sms']",
            run: "click",
        },
        {
            trigger: ".modal [name='sms_body'] textarea",
            run: "edit Mời quý khách",
        },
        {
            content: "The size is told while it is written",
            trigger: ".modal [name='sms_size']:contains('1 SMS')",
        },
        {
            content: "With the label, as it will arrive",
            trigger: ".modal .o_crm_bubble:contains('[QC] Mời quý khách')",
        },
        {
            content: "Who is held back, and why",
            trigger:
                ".modal .o_crm_verdict_rows:contains('Dealer B'):contains('withdrawn')",
        },
        {
            trigger: ".modal button[name='action_send']",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('not contacted')",
        },
        {
            trigger: "body:not(:has(.modal)) .o_list_view",
        },
    ],
});
