import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("crm_campaign_partner_plan", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the app",
            trigger: ".o_app[data-menu-xmlid='crm_campaign_partner.menu_root']",
            run: "click",
        },
        {
            content: "The empty screen says what to do first",
            trigger: ".o_nocontent_help p:contains('Plan your first campaign')",
        },
        {
            content: "New campaign",
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='title'] input",
            run: "edit Tour Dealers",
        },
        {
            content: "Plan an expense",
            trigger: ".nav-link[name='budget']",
            run: "click",
        },
        {
            trigger: "[name='budget_line_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: "[name='budget_line_ids'] [name='name'] input",
            run: "edit Gifts",
        },
        {
            trigger: "[name='budget_line_ids'] [name='planned'] input",
            run: "edit 1250000",
        },
        {
            trigger: "button[name='action_start']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current[data-value='running']",
        },
        {
            content: "Pick customers",
            trigger: "button[name='action_pick_partners']",
            run: "click",
        },
        {
            trigger: ".modal [name='partner_count'] span:not(:contains(/^0$/))",
        },
        {
            trigger: ".modal button[name='action_add']",
            run: "click",
        },
        {
            content: "It says how many were added",
            trigger: ".o_notification:contains('customers added')",
        },
        {
            trigger: "body:not(:has(.modal)) .nav-link[name='members']",
            run: "click",
        },
        {
            content: "The list shows them at once",
            trigger: "[name='member_ids'] .o_data_row:contains('Dealer 0')",
        },
        {
            content: "My calls",
            trigger: "button[name='action_view_my_members']",
            run: "click",
        },
        {
            content: "The list of calls is there, the campaign's form is gone",
            trigger: ".o_last_breadcrumb_item:contains('My Calls')",
        },
        {
            trigger:
                "body:not(:has(.o_form_view)) .o_data_row:contains('Dealer 0') .fa-pencil-square-o",
            run: "click",
        },
        {
            trigger: ".modal .o_crm_result_key:contains('Joined')",
            run: "click",
        },
        {
            trigger: ".modal [name='note'] textarea",
            run: "edit Comes with two people",
        },
        {
            trigger: ".modal button[name='action_record']",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_data_row:contains('Dealer 0'):contains('Joined')",
        },
    ],
});
