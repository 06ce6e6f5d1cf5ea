import {inputFiles} from "@web/../tests/utils";
import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const EXPORT = [
    "full_name,phone_number",
    "Tour Customer,0163 634 8056",
    "Tour Customer again,+84336348056",
    "Tour Nobody,abc",
].join("\n");

// The marketer's morning: switch the tree on, load the export, deal it out.
registry.category("web_tour.tours").add("crm_ads_data_marketer", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the ads app",
            trigger: '.o_app[data-menu-xmlid="crm_ads_data.menu_root"]',
            run: "click",
        },
        {
            content:
                "The dashboard is the home; nothing came in yet, so it says what to do",
            trigger: ".o_crm_ads_dashboard .o_crm_ads_steps [data-step=data] button",
        },
        {
            content: "Unfold the menu",
            trigger: '[data-menu-xmlid="crm_ads_data.menu_section_ads"]',
            run: "click",
        },
        {
            content: "To the ads",
            trigger: '[data-menu-xmlid="crm_ads_data.menu_ads"]',
            run: "click",
        },
        {
            content: "Switch the ad on",
            trigger: ".o_data_row:contains(Tour Ad) [name=is_running] input",
            run: "click",
        },
        {
            content: "It is on, and takes data now",
            trigger:
                ".o_data_row:not(.text-muted):contains(Tour Ad) [name=is_running] input:checked",
        },
        {
            content: "Unfold the menu",
            trigger: '[data-menu-xmlid="crm_ads_data.menu_section_data"]',
            run: "click",
        },
        {
            content: "To the import",
            trigger: '[data-menu-xmlid="crm_ads_data.menu_imports"]',
            run: "click",
        },
        {
            content: "A new one",
            trigger: ".o_control_panel:contains(Import) .o_list_button_add",
            run: "click",
        },
        {
            content: "Drop the export",
            trigger:
                ".o_field_widget[name=file] .o_file_input_trigger, .o_select_file_button",
            async run() {
                const file = new File([EXPORT], "tour.csv", {type: "text/csv"});
                await inputFiles(".o_field_widget[name=file] input[type=file]", [file]);
            },
        },
        {
            content: "For rows without an ad: this ad",
            trigger: ".o_field_widget[name=ad_id] input",
            run: "edit Tour Ad",
        },
        {
            content: "Take it from the list",
            trigger: ".o-autocomplete--dropdown-item:contains(Tour Ad)",
            run: "click",
        },
        {
            content: "Look at the preview",
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            content: "The bad row says why",
            trigger:
                ".o_field_widget[name=shown_line_ids] .o_data_row:contains(not a phone number)",
        },
        {
            content: "Take the rest in",
            trigger: "button[name=action_start]",
            run: "click",
        },
        {
            content: "The bad rows can be downloaded; deal the good ones out",
            trigger:
                ".o_statusbar_buttons:has(button[name=action_download_errors]) button[name=action_transfer]",
            run: "click",
        },
        {
            content: "It says who got how many",
            trigger: ".o_notification:contains(Tour Seller: 1)",
        },
        {
            content: "Unfold the menu",
            trigger: '[data-menu-xmlid="crm_ads_data.menu_section_data"]',
            run: "click",
        },
        {
            content: "To the data",
            trigger: '[data-menu-xmlid="crm_ads_data.menu_data"]',
            run: "click",
        },
        {
            content: "One is with the salesperson",
            trigger:
                ".o_data_row:contains(Tour Customer):contains(Transferred):contains(Waiting)",
        },
        {
            content: "The other is known as a duplicate",
            trigger: ".o_data_row:contains(Tour Customer again):contains(Duplicate)",
        },
    ],
});
