import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_skill_plan", {
    steps: () => [
        {
            content: "A new plan",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Its name",
            trigger: ".o_field_widget[name=name] input",
            run: "edit New in the team",
        },
        {
            content: "Until when",
            trigger: ".o_field_widget[name=date_deadline] input",
            run: "edit 01/02/2020",
        },
        {
            content: "For whom",
            trigger: ".o_field_widget[name=user_ids] input",
            run: "edit funnel_seller",
        },
        {
            content: "That person",
            trigger: ".o-autocomplete--dropdown-item:contains(funnel_seller)",
            run: "click",
        },
        {
            content: "What to learn",
            trigger: ".o_field_widget[name=item_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "The first lesson",
            trigger: ".modal .o_data_row:contains(Lesson 1) .o_data_cell",
            run: "click",
        },
        {
            content: "It is in the plan",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=item_ids] .o_data_row:contains(Lesson 1)",
        },
        {
            content: "Save",
            trigger: "body:not(:has(.modal)) .o_form_button_save",
            run: "click",
        },
        {
            content: "One is late",
            trigger: ".o_form_view button[name=action_view_progress]:contains(1)",
            run: "click",
        },
        {
            content: "Who it is",
            trigger: ".o_list_view .o_data_row:contains(funnel_seller):contains(Late)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_skill_plan_mine", {
    steps: () => [
        {
            content: "What I have to learn",
            trigger:
                ".o_data_row:contains(New in the team) button[name=action_open_items]",
            run: "click",
        },
        {
            content: "Choose the lesson",
            trigger: ".o_data_row:contains(Lesson 1) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "I have read it",
            trigger: "button[name=action_mark_read]",
            run: "click",
        },
        {
            content: "It says so",
            trigger: ".o_data_row:contains(Lesson 1) td[name=is_read] input:checked",
        },
    ],
});
