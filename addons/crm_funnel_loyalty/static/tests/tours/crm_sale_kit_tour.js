import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_sale_kit", {
    steps: () => [
        {
            content: "Share the price list",
            trigger: ".o_data_row:contains(Price list) button[name=action_share]",
            run: "click",
        },
        {
            content: "The link can be copied",
            trigger: ".modal .o_field_widget[name=link]:contains(/sale_kit/)",
        },
        {
            content: "Close",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "Choose the training",
            trigger:
                "body:not(:has(.modal)) .o_data_row:contains(How to call) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "It is read",
            trigger: "button[name=action_mark_read]",
            run: "click",
        },
        {
            content: "It says so",
            trigger: ".o_data_row:contains(How to call) td[name=is_read] input:checked",
        },
    ],
});
