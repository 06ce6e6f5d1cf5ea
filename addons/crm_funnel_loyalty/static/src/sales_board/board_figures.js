import {formatFloat, formatInteger} from "@web/views/fields/formatters";
import {_t} from "@web/core/l10n/translation";
import {deserializeDate} from "@web/core/l10n/dates";
import {formatCurrency} from "@web/core/currency";

export const PERIODS = [
    {name: "month", label: _t("Month")},
    {name: "quarter", label: _t("Quarter")},
    {name: "year", label: _t("Year")},
];

/** From what rate on a success is a success (70 %) and the target reached. */
export const SUCCESS = 70;
export const REACHED = 100;

export function getRateColor(rate) {
    if (rate >= REACHED) {
        return "success";
    }
    return rate >= SUCCESS ? "warning" : "danger";
}

export function formatDay(day) {
    return deserializeDate(day).toLocaleString({
        day: "2-digit",
        month: "2-digit",
        year: "numeric",
    });
}

export function formatPeriod({period, date_from}) {
    const first = deserializeDate(date_from);
    if (period === "year") {
        return first.toFormat("yyyy");
    }
    if (period === "quarter") {
        return _t("Q%(quarter)s %(year)s", {quarter: first.quarter, year: first.year});
    }
    return first.toFormat("MM/yyyy");
}

export function formatPercent(figure) {
    return `${formatFloat(figure, {digits: [16, 0]})} %`;
}

/** A figure of a metric in its own unit. */
export function formatMetric(metric, figure, currencyId) {
    if (metric === "revenue") {
        return formatCurrency(figure, currencyId);
    }
    if (metric === "conversion") {
        return `${formatFloat(figure, {digits: [16, 1]})} %`;
    }
    return Number.isInteger(figure) ? formatInteger(figure) : formatFloat(figure);
}

/** A change in percent, with its sign and colour; nothing to compare with is none. */
export function getTrend(change) {
    if (change === null) {
        return {text: "–", color: "text-muted", icon: ""};
    }
    const rounded = Math.round(change);
    if (!rounded) {
        return {text: "0 %", color: "text-muted", icon: "fa-minus"};
    }
    const up = rounded > 0;
    return {
        text: `${up ? "+" : ""}${formatPercent(rounded)}`,
        color: up ? "text-success" : "text-danger",
        icon: up ? "fa-arrow-up" : "fa-arrow-down",
    };
}
