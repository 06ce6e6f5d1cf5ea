import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const openMenu = (xmlId) =>
    ["menu_section_ads", xmlId].map((menu) => ({
        content: `Open ${menu}`,
        trigger: `[data-menu-xmlid="crm_ads_data.${menu}"]`,
        run: "click",
    }));

const openPopup = (title) => [
    {
        content: "New",
        trigger: `.o_control_panel:contains(${title}) .o_list_button_add`,
        run: "click",
    },
    {
        content: "A pop-up opens over the list",
        trigger: `.modal .modal-title:contains(New: ${title})`,
    },
];

const fill = (field, value) => ({
    content: `Fill in ${field}`,
    trigger: `.modal .o_field_widget[name=${field}] :is(input, textarea)`,
    run: `edit ${value}`,
});

const pick = (field, value) => [
    fill(field, value),
    {
        content: `Take ${value}`,
        trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):contains(${value})`,
        run: "click",
    },
];

const saveAndSwitchOn = (name) => [
    {
        content: "Save",
        trigger: ".modal .o_form_button_save",
        run: "click",
    },
    {
        content: "It is in the list at once; switch it on",
        trigger: `body:not(:has(.modal)) .o_data_row:contains(${name}) [name=is_running] input`,
        run: "click",
    },
    {
        content: "It is on",
        trigger: `.o_data_row:contains(${name}) [name=is_running] input:checked`,
    },
];

// The seed's first case up to the ad: account, campaign and ad, each in a pop-up.
registry.category("web_tour.tours").add("crm_ads_data_popup", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the ads app",
            trigger: '.o_app[data-menu-xmlid="crm_ads_data.menu_root"]',
            run: "click",
        },
        {
            content: "An empty home says what to do first",
            trigger: ".o_crm_ads_steps [data-step=account] button",
            run: "click",
        },
        ...openPopup("Ad Accounts"),
        fill("name", "Popup Account"),
        fill("external_ref", "1009"),
        ...saveAndSwitchOn("Popup Account"),
        ...openMenu("menu_campaigns"),
        ...openPopup("Ad Campaigns"),
        fill("title", "Popup Campaign"),
        ...pick("account_id", "Popup Acc"),
        ...saveAndSwitchOn("Popup Campaign"),
        ...openMenu("menu_ads"),
        ...openPopup("Ads"),
        fill("name", "Popup Ad"),
        ...pick("campaign_id", "Popup Camp"),
        ...saveAndSwitchOn("Popup Ad"),
        {
            content: "The ad takes data now",
            trigger: ".o_data_row:not(.text-muted):contains(Popup Ad)",
        },
        {
            content: "Open the ad",
            trigger: ".o_data_row:contains(Popup Ad) td[name=name]",
            run: "click",
        },
        {
            content: "Its data are a smart button away",
            trigger: "button[name=action_open_data]",
            run: "click",
        },
        {
            content: "The way back stands above",
            trigger: ".o_breadcrumb:contains(Popup Ad)",
        },
    ],
});
