import {registry} from "@web/core/registry";

const CONFIRM = {
    content: "Sure",
    trigger: ".modal .modal-footer .btn-primary",
    run: "click",
};

registry.category("web_tour.tours").add("crm_sales_salesperson", {
    steps: () => [
        {
            content: "The first place is the own one",
            trigger: ".o_sales_ranking tr.table-primary:contains(pay_an):contains(80)",
        },
        {
            content: "Look at the year",
            trigger: "button[data-period=year]",
            run: "click",
        },
        {
            content: "The own figures again",
            trigger: ".o_sales_ranking tr.table-primary:contains(pay_an)",
        },
        {
            content: "Open the performance menu",
            trigger: "button[data-menu-xmlid='crm_funnel_loyalty.menu_performance']",
            run: "click",
        },
        {
            content: "My weekly report",
            trigger: "[data-menu-xmlid='crm_funnel_loyalty.menu_my_weekly_report']",
            run: "click",
        },
        {
            content: "What I did",
            trigger: ".o_field_widget[name=done_text] .odoo-editor-editable",
            run: "editor Called everybody",
        },
        {
            content: "What I plan",
            trigger: ".o_field_widget[name=plan_text] .odoo-editor-editable",
            run: "editor Call them again",
        },
        {
            content: "Hand it in",
            trigger: "button[name=action_submit]",
            run: "click",
        },
        {
            content: "It is handed in",
            trigger:
                ".o_form_view:not(:has(button[name=action_submit])) .o_field_widget[name=done_text]:contains(Called everybody)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_sales_manager", {
    steps: () => [
        {
            content: "Try it on a past month",
            trigger: "button[name=action_trial]",
            run: "click",
        },
        {
            content: "Compute",
            trigger: ".modal button[name=action_run]",
            run: "click",
        },
        {
            content: "Nothing was sold then",
            trigger: ".modal .alert:contains(Nothing was sold)",
        },
        {
            content: "Close",
            trigger: ".modal .modal-footer button[special=cancel]",
            run: "click",
        },
        {
            content: "Approve",
            trigger: "body:not(:has(.modal)) button[name=action_approve]",
            run: "click",
        },
        CONFIRM,
        {
            content: "It is locked",
            trigger: ".o_form_view .alert:contains(It stays as it)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_sales_accountant", {
    steps: () => [
        {
            content: "Each amount has its document",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(200,000)",
        },
        {
            content: "Confirm",
            trigger: "button[name=action_confirm]",
            run: "click",
        },
        CONFIRM,
        {
            content: "Paid",
            trigger: "body:not(:has(.modal)) button[name=action_pay]",
            run: "click",
        },
        CONFIRM,
        {
            content: "It is paid",
            trigger: ".o_arrow_button_current:contains(Paid)",
        },
    ],
});
