import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_ads_data_pool", {
    steps: () => [
        {
            content: "The number is masked",
            trigger: ".o_data_row:contains(Pool Customer):contains('090 *** 222')",
        },
        {
            content: "View it",
            trigger:
                ".o_data_row:contains(Pool Customer) button[name=action_view_number]",
            run: "click",
        },
        {
            content: "Now it can be called",
            trigger: ".modal .o_field_widget[name=phone] a[href^='tel:']",
        },
        {
            content: "Take it",
            trigger: ".modal footer button[name=action_take]",
            run: "click",
        },
        {
            content: "The lead opens",
            trigger: ".o_form_view:contains(Pool Customer)",
        },
    ],
});
