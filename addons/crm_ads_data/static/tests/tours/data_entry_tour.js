import {registry} from "@web/core/registry";

const DIALOG = ".modal .o_form_view";

function open() {
    return [
        {
            content: "Add data, from the list of data",
            trigger: ".o_control_panel button:contains(Add Data)",
            run: "click",
        },
        {trigger: `${DIALOG} .o_field_widget[name=text] textarea`},
    ];
}

function paste(text) {
    return {
        content: "Paste what came in",
        trigger: `${DIALOG} .o_field_widget[name=text] textarea`,
        run: `edit ${text} && press Tab`,
    };
}

function fill(field, text) {
    return {
        trigger: `${DIALOG} .o_field_widget[name=${field}] input`,
        run: `edit ${text}`,
    };
}

function choose(field, text) {
    return [
        fill(field, text),
        {
            trigger: `.o-autocomplete--dropdown-item:contains(${text})`,
            run: "click",
        },
    ];
}

function save() {
    return {
        content: "Save",
        trigger: ".modal footer button[name=action_save]",
        run: "click",
    };
}

registry.category("web_tour.tours").add("crm_ads_data_entry_th1", {
    steps: () => [
        ...open(),
        fill("ad_name", "New Video"),
        fill("campaign_name", "New Campaign"),
        fill("account_name", "My Facebook"),
        paste("Lan 0905000001"),
        {
            content: "The person stands there at once",
            trigger: `${DIALOG} .o_data_row:contains(Lan):contains(OK)`,
        },
        paste("Hoa 0905000002"),
        {trigger: `${DIALOG} .o_data_row:contains(Hoa):contains(OK)`},
        save(),
        {trigger: ".o_notification:contains(2 taken in)"},
        {trigger: "body:not(:has(.modal)) .o_list_view"},
    ],
});

registry.category("web_tour.tours").add("crm_ads_data_entry_th2", {
    steps: () => [
        ...open(),
        ...choose("campaign_id", "Tour Campaign"),
        {
            content: "The account is the campaign's",
            trigger: `${DIALOG}:not(:has(.o_field_widget[name=account_name]))`,
        },
        fill("ad_name", "New Video"),
        paste("Lan 0905000001"),
        {trigger: `${DIALOG} .o_data_row:contains(Lan):contains(OK)`},
        save(),
        {trigger: ".o_notification:contains(1 taken in)"},
    ],
});

registry.category("web_tour.tours").add("crm_ads_data_entry_th3", {
    steps: () => [
        ...open(),
        ...choose("ad_id", "Tour Ad"),
        paste("Lan 0905 123"),
        {
            content: "A wrong number says why",
            trigger: `${DIALOG} .o_data_row:contains(Wrong):contains(too short)`,
        },
        {
            content: "Put it right",
            trigger: `${DIALOG} .o_data_row [name=phone]`,
            run: "click",
        },
        {
            trigger: `${DIALOG} .o_selected_row [name=phone] input`,
            run: "edit 0905000009 && press Tab",
        },
        {trigger: `${DIALOG} .o_data_row:contains(OK)`},
        save(),
        {trigger: ".o_notification:contains(1 taken in)"},
    ],
});
