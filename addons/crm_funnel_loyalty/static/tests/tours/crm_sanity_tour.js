import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_sales_sanity", {
    steps: () => [
        {
            content: "Look at three months",
            trigger: ".o_sales_sanity button[data-months='3']",
            run: "click",
        },
        {
            content: "A KPI that is always reached is too low, with the advice",
            trigger:
                ".o_sales_sanity:has(button[data-months='3'].active) [data-rule=kpi] tr:contains(pay_an):contains(Too low):contains(Raise it)",
        },
        {
            content: "One that is never reached is too high",
            trigger:
                "[data-rule=kpi] tr:contains(pay_binh):contains(Too high):contains(lower it)",
        },
        {
            content: "The best sells four times as much as the last one",
            trigger:
                "[data-rule=gap][data-code=too_wide]:contains(pay_an):contains(sells 400)",
        },
        {
            content: "Revenue against income",
            trigger:
                "[data-rule=income] tr[data-code=fine]:contains(pay_an):contains(4)",
        },
        {
            content: "Of whom the income is not known",
            trigger: "[data-rule=income] tr[data-code=unknown]:contains(pay_binh)",
        },
        {
            content: "Go back three months",
            trigger: ".o_sales_sanity .o_sales_board_back",
            run: "click",
        },
        {
            content: "Go on again, to where it is too wide",
            trigger: ".o_sales_sanity .o_sales_board_on:enabled",
            run: "click",
        },
        {
            content: "The person behind the figure",
            trigger: "[data-rule=gap][data-code=too_wide] button:contains(pay_an)",
            run: "click",
        },
        {
            content: "The scorecard of that person",
            trigger: ".o_sales_board:not(.o_sales_sanity):contains(pay_an)",
        },
    ],
});
