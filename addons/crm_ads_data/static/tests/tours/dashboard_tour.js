import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const tile = (name, text) => `.o_crm_ads_tile[data-tile=${name}]:contains(${text})`;
const back = {
    content: "Back to the dashboard",
    trigger: ".o_breadcrumb a:contains(Dashboard), .o_back_button",
    run: "click",
};

// Ten seconds of a marketer: figures, alarm, period, and the way to what lies behind.
registry.category("web_tour.tours").add("crm_ads_data_dashboard", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the ads app",
            trigger: '.o_app[data-menu-xmlid="crm_ads_data.menu_root"]',
            run: "click",
        },
        {
            content: "Today: two data for 40 of spend",
            trigger: `${tile("spend", "40.00")}:contains(100%)`,
        },
        {
            content: "Cost per data",
            trigger: tile("cost_per_data", "20.00"),
        },
        {
            content: "An ad that spends without data is named",
            trigger: ".o_crm_ads_alarm:contains(Thirsty Ad)",
        },
        {
            content: "and red",
            trigger: "tr.table-danger:contains(Thirsty Ad)",
        },
        {
            content: "Both charts are drawn",
            trigger: ".o_crm_ads_dashboard:has(.o_crm_ads_chart canvas)",
        },
        {
            content: "Yesterday",
            trigger: "button[data-period=yesterday]",
            run: "click",
        },
        {
            content: "had one data",
            trigger: `.o_crm_ads_dashboard:has(button.active[data-period=yesterday]) ${tile("data_count", "1")}`,
        },
        {
            content: "Seven days",
            trigger: "button[data-period=week]",
            run: "click",
        },
        {
            content: "have all three; open them",
            trigger: tile("data_count", "3"),
            run: "click",
        },
        {
            content: "They are there",
            trigger: ".o_list_view .o_data_row:nth-child(3)",
        },
        back,
        {
            content: "The period is still the one chosen; to the spend of one ad",
            trigger: `.o_crm_ads_dashboard:has(button.active[data-period=week]) .o_crm_ads_table a:contains(Busy Ad)`,
            run: "click",
        },
        {
            content: "Its form",
            trigger: ".o_form_view .o_field_widget[name=name]",
        },
        back,
        {
            content: "All ads, with the figures of the period",
            trigger: ".o_crm_ads_table a:contains(All ads)",
            run: "click",
        },
        {
            content: "The footer divides sums: 60 by 3",
            trigger: ".o_list_footer:contains(20.00)",
        },
    ],
});
