import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const card = (name, column = "") =>
    `.o_kanban_group${column} .o_kanban_record:contains(${name})`;
const convert = ".o_statusbar_buttons button[name=action_convert_to_opportunity]";

tours.add("crm_funnel_card", {
    steps: () => [
        {
            content: "New on the board",
            trigger: `body:has(${card("Tour lead")}) .o-kanban-button-new`,
            run: "click",
        },
        {
            content: "The phone number comes first",
            trigger: ".o_kanban_quick_create [name=phone] input",
            run: "edit 0912345678 && press Tab",
        },
        {
            content: "Somebody has this number already",
            trigger: ".o_kanban_quick_create .alert:contains(Known Lady)",
        },
        {
            content: "The name",
            trigger: ".o_kanban_quick_create [name=contact_name] input",
            run: "edit Tour Person",
        },
        {
            content: "Add",
            trigger: ".o_kanban_quick_create .o_kanban_add",
            run: "click",
        },
        {
            content: "Close the quick entry",
            trigger: `body:has(${card("Tour Person")}) .o_kanban_quick_create .o_kanban_cancel`,
            run: "click",
        },
        {
            content: "Drag the card to the second stage",
            trigger: `${card("Tour Person", ":eq(0)")} .fw-bold`,
            run: "drag_and_drop (.o_kanban_group:has(.o_column_title:contains(Consulting)))",
        },
        {
            content: "Write a note on the card",
            trigger: `${card("Tour Person", ":eq(1)")} button[name=action_write_note]`,
            run: "click",
        },
        {
            content: "What was said",
            trigger: ".modal [name=note] textarea",
            run: "edit Wants a sample",
        },
        {
            content: "Save",
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            content: "Back on the board",
            trigger: "body:not(:has(.modal)) .o_kanban_view",
        },
    ],
});

tours.add("crm_funnel_stage", {
    steps: () => [
        {
            content: "Drag the first column behind the second",
            trigger: ".o_kanban_group:eq(0):contains(Interested) .o_column_title",
            run: "drag_and_drop (.o_kanban_group:has(.o_column_title:contains(Consulting)) .o_kanban_header)",
        },
        {
            content: "It stands there",
            trigger: ".o_kanban_group:eq(1) .o_column_title:contains(Interested)",
        },
    ],
});

tours.add("crm_funnel_convert_none", {
    steps: () => [
        {content: "The one button", trigger: convert, run: "click"},
        {
            content: "It says what was done",
            trigger: ".o_notification:contains(new customer New Man)",
        },
        {
            content: "Undo",
            trigger: ".o_notification button:contains(Undo)",
            run: "click",
        },
        {content: "A lead again", trigger: convert},
        {
            content: "And it is said",
            trigger: ".o_notification:contains(The conversion was undone)",
        },
    ],
});

tours.add("crm_funnel_convert_elsewhere", {
    steps: () => [
        {content: "The one button", trigger: convert, run: "click"},
        {
            content: "It says what was done; go back to the board",
            trigger: "body:has(.o_lead_conversion) .o_breadcrumb a:contains(Leads)",
            run: "click",
        },
        {
            content: "Undo, from the board",
            trigger: "body:has(.o_kanban_view) .o_notification button:contains(Undo)",
            run: "click",
        },
        {
            content: "A lead again, and the board is still there to go back to",
            trigger: `body:has(${convert}) .o_breadcrumb a:contains(Leads)`,
            run: "click",
        },
        {content: "Back on the board", trigger: ".o_kanban_view"},
    ],
});

tours.add("crm_funnel_convert_one", {
    steps: () => [
        {
            content: "The one button on the card",
            trigger: `${card("One match")} button[name=action_convert_to_opportunity]`,
            run: "click",
        },
        {
            content: "The opportunity of the known customer is open",
            trigger: ".o_form_view [name=partner_id] input:value(Known Lady)",
        },
        {
            content: "Call",
            trigger: ".o_form_view button[name=action_call]",
            run: "click",
        },
        {
            content: "The call is filled in",
            trigger: ".modal [name=name] input:value(One match)",
        },
        {
            content: "Save the call",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "Closed",
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});

tours.add("crm_funnel_convert_several", {
    steps: () => [
        {
            content: "Answer the question",
            trigger: ".o_lead_checklist label:contains(Budget known)",
            run: "click",
        },
        {
            content: "It says who",
            trigger: ".o_lead_checklist label:contains(Tour Seller)",
        },
        {content: "The one button", trigger: convert, run: "click"},
        {
            content: "Two could be meant",
            trigger: ".modal [name=doubts]:contains(Several customers)",
        },
        {
            content: "Create the opportunity",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "Done, with a way back",
            trigger: ".o_notification button:contains(Undo)",
        },
    ],
});

tours.add("crm_funnel_convert_many", {
    steps: () => [
        {
            content: "Choose all",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Convert them",
            trigger: ".o_control_panel button[name=action_convert_to_opportunity]",
            run: "click",
        },
        {
            content: "The report names the rest",
            trigger: ".modal .o_data_row:contains(Twin A):contains(Needs a decision)",
        },
        {
            content: "And what was done",
            trigger: ".modal .o_data_row:contains(Clear):contains(Converted)",
        },
        {
            content: "Close",
            trigger: ".modal button[special=cancel], .modal .btn-close",
            run: "click",
        },
        {
            content: "Back in the list",
            trigger: "body:not(:has(.modal)) .o_list_view",
        },
    ],
});
