import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_care_figures", {
    steps: () => [
        {
            content: "How many are in it, in the list",
            trigger: ".o_data_row:contains(Care figures) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "Per step: who was reached, and who waits",
            trigger:
                ".o_field_widget[name=step_ids] .o_data_row:contains(Ask how it is):has(td[name=entered_count]:contains(2)):has(td[name=answered_count]:contains(1))",
        },
        {
            content: "What the next step waits for",
            trigger:
                ".o_field_widget[name=step_ids] .o_data_row:contains(Ask again):has(td[name=waiting_count]:contains(1))",
        },
        {
            content: "What one customer gets",
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            content: "Choose a customer",
            trigger: ".modal .o_field_widget[name=partner_id] input",
            run: "edit Care Waiting",
        },
        {
            content: "He is found",
            trigger: ".o-autocomplete--dropdown-item:contains(Care Waiting)",
            run: "click",
        },
        {
            content: "He is in it already, and sees what comes when",
            trigger:
                ".modal .o_care_preview_step:contains(Ask again):has(.o_care_preview_moment)",
        },
        {
            content: "Close",
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            content: "Who is in it",
            trigger: "body:not(:has(.modal)) button[name=action_view_runs]",
            run: "click",
        },
        {
            content: "The one who waits",
            trigger: ".o_data_row:contains(Care Waiting):contains(Running)",
        },
        {
            content: "Back to the scenario",
            trigger: ".breadcrumb a:contains(Care figures), .o_back_button",
            run: "click",
        },
        {
            content: "The figures",
            trigger: ".o_form_view button[name=action_view_report]",
            run: "click",
        },
        {
            content: "What came of each step",
            trigger: ".o_pivot:contains(Ask how it is)",
        },
    ],
});
