import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_funnel_ticket", {
    steps: () => [
        {
            content: "One click on the customer's page",
            trigger: ".o_funnel_band button:contains(New Ticket)",
            run: "click",
        },
        {
            content: "The customer is filled in; say what it is about",
            trigger:
                ".o_form_view:has(.o_field_widget[name=partner_id] input:value(Tour Buyer)) " +
                ".o_field_widget[name=name] input",
            run: "edit The parcel is late",
        },
        {
            content: "Describe it",
            trigger: ".o_field_widget[name=description] .odoo-editor-editable",
            run: "editor Where is it?",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The tier's promise is the deadline; the customer is called",
            trigger:
                ".o_form_view:has(.o_field_widget[name=answer_deadline]):has(.o_field_widget[name=solve_deadline]) " +
                "button[name=action_mark_answered]",
            run: "click",
        },
        {
            content: "It is answered; close it",
            trigger:
                ".o_form_view:has(.o_field_widget[name=answered_date]) " +
                ".o_statusbar_status button.dropdown-toggle:not(.d-none):visible",
            run: "click",
        },
        {
            content: "Done",
            trigger: ".o-dropdown-item:contains(Done)",
            run: "click",
        },
        {
            content: "It is closed",
            trigger:
                ".o_form_saved .o_statusbar_status .o_arrow_button_current:contains(Done)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_funnel_ticket_list", {
    steps: () => [
        {
            content: "What is due first stands first, and is late",
            trigger:
                ".o_data_row:eq(0):contains(Late parcel) td[name=deadline].text-danger",
        },
        {
            content: "Only what is late",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "Filter",
            trigger: ".o_filter_menu .o_menu_item:contains(/^Late$/)",
            run: "click",
        },
        {
            content: "The other one is gone; open it",
            trigger:
                ".o_list_view:not(:has(.o_data_row:contains(Early parcel))) " +
                ".o_data_row:contains(Late parcel) td[name=name]",
            run: "click",
        },
        {
            content: "The badge",
            trigger: ".o_form_view h1 .badge:contains(Late)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_funnel_ticket_rating", {
    steps: () => [
        {
            content: "More buttons",
            trigger: ".o-form-buttonbox .o_button_more",
            run: "click",
        },
        {
            content: "The last rating on the customer's page",
            trigger: "button[name=action_view_ticket_ratings]:contains(Unhappy)",
            run: "click",
        },
        {
            content: "What the customer said",
            trigger: ".o_kanban_record:contains(Three calls) a:contains(HT)",
            run: "click",
        },
        {
            content: "The ticket says so too",
            trigger:
                ".o_form_view:has(.o_field_widget[name=customer_feedback]:contains(Three calls)) " +
                ".o_field_widget[name=customer_rating]:contains(Unhappy)",
        },
    ],
});
