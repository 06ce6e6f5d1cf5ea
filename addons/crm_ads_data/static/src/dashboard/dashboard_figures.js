import {
    formatFloat,
    formatInteger,
    formatMonetary,
    formatPercentage,
} from "@web/views/fields/formatters";
import {_t} from "@web/core/l10n/translation";

const MONEY = ["spend", "cost_per_data", "revenue"];
// Whether more of it is good news; more spend is neither.
const IS_MORE_BETTER = {
    data_count: true,
    cost_per_data: false,
    order_count: true,
    revenue: true,
    roas: true,
};

/** The periods of the switch: name, label, and their days, given the company's today. */
export const PERIODS = [
    {name: "today", label: _t("Today"), getDays: (today) => [today, today]},
    {
        name: "yesterday",
        label: _t("Yesterday"),
        getDays: (today) => [today.minus({days: 1}), today.minus({days: 1})],
    },
    {
        name: "week",
        label: _t("7 Days"),
        getDays: (today) => [today.minus({days: 6}), today],
    },
    {
        name: "month",
        label: _t("This Month"),
        getDays: (today) => [today.startOf("month"), today],
    },
];

/** A figure as people read it; a cost of nothing is a dash, not free of charge. */
export function formatFigure(name, value, currencyId) {
    if (name === "cost_per_data" && !value) {
        return "–";
    }
    if (MONEY.includes(name)) {
        return formatMonetary(value, {currencyId});
    }
    return name === "roas"
        ? formatFloat(value, {digits: [16, 2]})
        : formatInteger(value);
}

/** How a tile tells its change: text, arrow, and whether that is good or bad. */
export function formatChange({name, change}) {
    if (change === null) {
        return {changeText: "", changeIcon: "", changeClass: "text-muted"};
    }
    const isBetter = change > 0 === IS_MORE_BETTER[name];
    const tone = isBetter ? "text-success" : "text-danger";
    const isNeutral = change === 0 || !(name in IS_MORE_BETTER);
    return {
        changeText: formatPercentage(Math.abs(change), {digits: [16, 0]}),
        changeIcon: change < 0 ? "fa-caret-down" : "fa-caret-up",
        changeClass: isNeutral ? "text-muted" : tone,
    };
}

function getAction(name, model, views, data, extra) {
    return {
        type: "ir.actions.act_window",
        name,
        res_model: model,
        views: views.map((view) => [false, view]),
        context: {ads_date_from: data.date_from, ads_date_to: data.date_to},
        ...extra,
    };
}

/** The data of the period. */
export function getDataAction(data, domain) {
    return getAction(
        _t("Customer Data"),
        "crm.ads.data",
        ["list", "kanban", "form"],
        data,
        {domain: [["date", ">=", data.start], ["date", "<", data.stop], ...domain]}
    );
}

/** The ads, with the figures of the period. */
export function getAdsAction(data) {
    return getAction(
        _t("Ads"),
        "crm.ads.ad",
        ["list", "kanban", "form", "pivot"],
        data,
        {}
    );
}

/** Where a tile leads. */
export function getTileAction(name, data) {
    const days = [
        ["date", ">=", data.date_from],
        ["date", "<=", data.date_to],
    ];
    const actions = {
        spend: () =>
            getAction(
                _t("Daily Ad Figures"),
                "crm.ads.insight",
                ["list", "graph", "pivot"],
                data,
                {domain: days}
            ),
        data_count: () => getDataAction(data, []),
        order_count: () => getDataAction(data, [["is_won", ">", 0]]),
        revenue: () =>
            getAction(_t("Ads Report"), "crm.ads.report", ["pivot", "graph"], data, {
                domain: days,
            }),
    };
    return (actions[name] || (() => getAdsAction(data)))();
}
