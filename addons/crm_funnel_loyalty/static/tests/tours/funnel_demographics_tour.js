import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const REPORTING = {
    content: "Open Reporting",
    trigger: "button[data-menu-xmlid='crm_funnel_loyalty.menu_reporting']",
    run: "click",
};

registry.category("web_tour.tours").add("crm_funnel_demographics", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the funnel",
            trigger: '.o_app[data-menu-xmlid="crm_funnel_loyalty.menu_root"]',
            run: "click",
        },
        REPORTING,
        {
            content: "Customer Demographics",
            trigger: "[data-menu-xmlid='crm_funnel_loyalty.menu_demographics']",
            run: "click",
        },
        {
            content: "Customers, members and orders are counted",
            trigger:
                ".o_pivot:has(th:contains(Customers)):has(th:contains(Members)):has(th:contains(Average Order))",
        },
        {
            content: "The young are there",
            trigger: ".o_pivot th:contains(25 to 34)",
        },
        {
            content: "Part the old by something else",
            trigger: ".o_pivot th:contains(55 and over)",
            run: "click",
        },
        {
            content: "By gender",
            trigger: ".o-dropdown--menu .o_menu_item:contains(Gender)",
            run: "click",
        },
        {
            content: "It is a man",
            trigger: ".o_pivot tr:contains(Male):contains(7,777,000)",
        },
        {
            content: "As a graph",
            trigger: ".o_switch_view.o_graph",
            run: "click",
        },
        {
            content: "The graph is drawn",
            trigger: ".o_graph_canvas_container canvas",
        },
        REPORTING,
        {
            content: "Orders by Value",
            trigger: "[data-menu-xmlid='crm_funnel_loyalty.menu_orders_by_value']",
            run: "click",
        },
        {
            content: "Two orders are in the third band",
            trigger: ".o_pivot tr:contains(5,000,000):contains(15,554,000)",
        },
    ],
});
