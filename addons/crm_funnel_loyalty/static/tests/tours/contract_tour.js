import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_funnel_quotation_to_contract", {
    steps: () => [
        {
            content: "On the quotation: make the contract",
            trigger:
                ".o_form_view:has(.o_field_widget[name=order_line]) " +
                "button[name=action_create_agreement]",
            run: "click",
        },
        {
            content: "The contract has the customer; split its value",
            trigger:
                ".o_form_view:has(.o_field_widget[name=partner_id] input:value(Tour Buyer)) " +
                "button[name=action_plan_instalments]",
            run: "click",
        },
        {
            content: "By percentages",
            trigger: ".modal .o_field_widget[name=method] input[data-value=percent]",
            run: "click",
        },
        {
            content: "Type them",
            trigger: ".modal .o_field_widget[name=percents] input",
            run: "edit 50/30/30 && press Tab",
        },
        {
            content: "They do not come to 100: the dialog says so and does not save",
            trigger:
                ".modal:not(:has(button[name=action_apply])) .alert:contains(come to 100)",
        },
        {
            content: "Mend them",
            trigger: ".modal .o_field_widget[name=percents] input",
            run: "edit 50/30/20 && press Tab",
        },
        {
            content: "Three lines are shown; save the plan",
            trigger:
                ".modal:has(.o_field_widget[name=line_ids] .o_data_row:eq(2)) " +
                "button[name=action_apply]",
            run: "click",
        },
        {
            content: "Change the first instalment on the contract",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=instalment_ids] " +
                ".o_data_row:eq(0):contains(3,000,000) .o_data_cell[name=amount]",
            run: "click",
        },
        {
            content: "Two million now",
            trigger:
                ".o_field_widget[name=instalment_ids] .o_data_row:eq(0) [name=amount] input",
            run: "edit 2000000 && press Tab",
        },
        {
            content: "The last one takes the remainder at once",
            trigger:
                ".o_field_widget[name=instalment_ids] .o_data_row:eq(2):contains(2,200,000)",
        },
        {
            content: "Read the text with the fields filled in",
            trigger: ".o_notebook a[name=preview]",
            run: "click",
        },
        {
            content: "The customer stands in it",
            trigger: ".o_field_widget[name=text_filled]:contains(Tour Buyer)",
        },
        {
            content: "Sign",
            trigger: ".o_statusbar_buttons button[name=action_sign]",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is signed",
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains(Signed)",
        },
        {
            content: "Back to the instalments",
            trigger: ".o_notebook a[name=instalments]",
            run: "click",
        },
        {
            content: "Nothing can be typed any more; open them as a list",
            trigger:
                ".o_form_view:not(:has(.o_field_x2many_list_row_add)) " +
                "button[name=action_view_instalments]",
            run: "click",
        },
        {
            content: "All three are there",
            trigger: ".o_list_view:has(.o_data_row:eq(2))",
        },
    ],
});
