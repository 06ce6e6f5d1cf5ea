import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("crm_care_from_ready_made", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the funnel",
            trigger: '.o_app[data-menu-xmlid="crm_funnel_loyalty.menu_root"]',
            run: "click",
        },
        {
            content: "Open care",
            trigger: 'button[data-menu-xmlid="crm_funnel_loyalty.menu_care"]',
            run: "click",
        },
        {
            content: "Scenarios",
            trigger:
                '.dropdown-item[data-menu-xmlid="crm_funnel_loyalty.menu_care_scenarios"]',
            run: "click",
        },
        {
            content: "Open the ready-made one",
            trigger: ".o_data_row .o_data_cell:contains(Birthday wishes)",
            run: "click",
        },
        {
            content: "A ready-made one cannot be switched on",
            trigger: ".o_form_view:not(:has(button[name=action_start]))",
        },
        {
            content: "Make it my own",
            trigger: "button[name=action_use]",
            run: "click",
        },
        {
            content: "Give it a name",
            trigger:
                ".o_form_view:has(button[name=action_start]) .o_field_widget[name=name] textarea, " +
                ".o_form_view:has(button[name=action_start]) .o_field_widget[name=name] input",
            run: "edit Wishes of our shop",
        },
        {
            content: "Open its step",
            trigger:
                ".o_field_widget[name=step_ids] .o_data_row .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "Change the text",
            trigger: ".modal .o_field_widget[name=sms_body] textarea",
            run: "edit Happy birthday, {{ object.name }}!",
        },
        {
            content: "Save the step",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "Preview",
            trigger: "body:not(:has(.modal)) button[name=action_preview]",
            run: "click",
        },
        {
            content: "Choose a customer",
            trigger: ".modal .o_field_widget[name=partner_id] input",
            run: "edit Care Tour Customer",
        },
        {
            content: "She is found",
            trigger: ".o-autocomplete--dropdown-item:contains(Care Tour Customer)",
            run: "click",
        },
        {
            content: "What she gets, and when",
            trigger:
                ".modal .o_care_preview_step:contains(Happy birthday, Care Tour Customer!):has(.o_care_preview_moment)",
        },
        {
            content: "Close",
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            content: "Switch on",
            trigger: "body:not(:has(.modal)) button[name=action_start]",
            run: "click",
        },
        {
            content: "Yes",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "It is on",
            trigger: ".o_arrow_button_current:contains(Running)",
        },
    ],
});
