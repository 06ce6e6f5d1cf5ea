import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_ads_data_connector", {
    steps: () => [
        {
            content: "The connector that was made",
            trigger: ".o_data_row td:contains(Tour Shop)",
            run: "click",
        },
        {
            content: "It says what to do first",
            trigger: ".o_field_widget[name=setup_help] li",
        },
        {
            content: "Where the keys are",
            trigger: ".nav-link:contains(Access)",
            run: "click",
        },
        {
            content: "The address can be copied, the token cannot be read",
            trigger:
                ".o_field_widget[name=webhook_address]:contains(/crm_ads/connector/)",
        },
        {
            content: "A wrong token",
            trigger: ".o_field_widget[name=access_token] input[type=password]",
            run: "edit wrong-token",
        },
        {
            content: "Test it",
            trigger: "button[name=action_test].btn-primary",
            run: "click",
        },
        {
            content: "It says that access is refused, and what to do",
            trigger: ".alert-danger:contains(authorise the app)",
        },
        {
            trigger: ".nav-link:contains(Access)",
            run: "click",
        },
        {
            content: "The right token",
            trigger: ".o_field_widget[name=access_token] input[type=password]",
            run: "edit fake-haravan-token-0001",
        },
        {
            content: "Test it again",
            trigger: "button[name=action_test].btn-primary",
            run: "click",
        },
        {
            content: "Accepted",
            trigger: ".o_field_widget[name=auth_state]:contains(Accepted)",
        },
        {
            content: "Run",
            trigger: "button[name=action_run].btn-primary",
            run: "click",
        },
        {
            content: "Fetch now",
            trigger: "button[name=action_sync]",
            run: "click",
        },
        {
            content: "It says so",
            trigger: ".o_notification:contains(Fetching begins)",
        },
        {
            content: "Pause",
            trigger: "button[name=action_pause]",
            run: "click",
        },
        {
            content: "Yes, really",
            trigger: ".modal button.btn-primary",
            run: "click",
        },
        {
            content: "It is paused",
            trigger: ".o_arrow_button_current:contains(Paused)",
        },
        {
            content: "What happened",
            trigger: "button[name=action_open_events]:first",
            run: "click",
        },
        {
            content: "What was given up says why",
            trigger: ".o_data_row:contains(no such order)",
        },
        {
            content: "Choose it",
            trigger: ".o_data_row .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Try it again",
            trigger: ".o_control_panel button[name=action_retry]",
            run: "click",
        },
        {
            content: "It waits",
            trigger: ".o_data_row:contains(Waiting)",
        },
    ],
});
