import {inputFiles} from "@web/../tests/utils";
import {registry} from "@web/core/registry";

const LIST = [
    "Khách,Alo cho em",
    "Tour Customer,0905 000 771",
    "Tour Friend,0905 000 772",
];

function load(filename) {
    return [
        {
            content: "A new import",
            trigger: ".o_control_panel:contains(Import) .o_list_button_add",
            run: "click",
        },
        {
            content: "Drop the list",
            trigger:
                ".o_field_widget[name=file] .o_file_input_trigger, .o_select_file_button",
            async run() {
                const file = new File([LIST.join("\n")], filename, {type: "text/csv"});
                await inputFiles(".o_field_widget[name=file] input[type=file]", [file]);
            },
        },
        {
            content: "Of this account",
            trigger: ".o_field_widget[name=account_id] input",
            run: "edit Tour Account",
        },
        {
            content: "Take it from the list",
            trigger: ".o-autocomplete--dropdown-item:contains(Tour Account)",
            run: "click",
        },
        {
            content: "Look at the preview",
            trigger: "button[name=action_preview]",
            run: "click",
        },
    ];
}

// A column that nobody knows is put right by hand, and known the next time.
registry.category("web_tour.tours").add("crm_ads_data_import_columns", {
    steps: () => [
        ...load("first.csv"),
        {
            content: "No phone was found",
            trigger:
                ".o_field_widget[name=shown_line_ids] .o_data_row:contains(phone number is missing)",
        },
        {
            content: "What were the columns taken for?",
            trigger: ".nav-link[name=columns]",
            run: "click",
        },
        {
            content: "This one went into the note",
            trigger:
                ".o_data_row:contains(Alo cho em):contains(0905 000 771) .o_data_cell[name=field_name]:contains(Note)",
            run: "click",
        },
        {
            content: "Open the choice",
            trigger: ".o_selected_row .o_field_widget[name=field_name] input",
            run: "click",
        },
        {
            content: "It is the phone",
            trigger: ".o_select_menu_item:contains(/^Phone$/)",
            run: "click",
        },
        {
            content: "Read the file again",
            trigger: "button[name=action_preview]:contains(Read Again)",
            run: "click",
        },
        {
            content: "It was chosen by hand",
            trigger: ".o_data_row:contains(Alo cho em) [name=is_manual] input:checked",
        },
        {
            content: "Back to the rows",
            trigger: ".nav-link[name=lines]",
            run: "click",
        },
        {
            content: "They are ready",
            trigger: ".o_data_row:contains(+84905000771):contains(Ready)",
        },
        {
            content: "Take them in",
            trigger: "button[name=action_start]",
            run: "click",
        },
        {
            content: "Done",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)",
        },
        {
            content: "Unfold the menu",
            trigger: '[data-menu-xmlid="crm_ads_data.menu_section_data"]',
            run: "click",
        },
        {
            content: "Back to the list",
            trigger: '[data-menu-xmlid="crm_ads_data.menu_imports"]',
            run: "click",
        },
        ...load("second.csv"),
        {
            content: "Now the phone is known, and the person too",
            trigger:
                ".o_field_widget[name=shown_line_ids] .o_data_row:contains(+84905000771)",
        },
    ],
});
