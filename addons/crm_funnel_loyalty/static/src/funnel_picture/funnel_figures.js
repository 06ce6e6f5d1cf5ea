import {
    formatFloat,
    formatInteger,
    formatPercentage,
} from "@web/views/fields/formatters";
import {_t} from "@web/core/l10n/translation";

const TOP_WIDTH = 100;
const BOTTOM_WIDTH = 36;

/** The periods of the switch: name, label, and their days, given the company's today. */
export const PERIODS = [
    {
        name: "month",
        label: _t("This Month"),
        getDays: (today) => [today.startOf("month"), today],
    },
    {
        name: "quarter",
        label: _t("This Quarter"),
        getDays: (today) => [today.startOf("quarter"), today],
    },
    {
        name: "year",
        label: _t("This Year"),
        getDays: (today) => [today.startOf("year"), today],
    },
    {
        name: "twelve",
        label: _t("12 Months"),
        getDays: (today) => [today.minus({months: 12}).plus({days: 1}), today],
    },
];

export const FILTERS = [
    {name: "user_id", label: _t("Salesperson")},
    {name: "team_id", label: _t("Team")},
    {name: "medium_id", label: _t("Channel")},
    {name: "source_id", label: _t("Source")},
];

/** The outline of a layer: a slice of one funnel, as a CSS polygon. */
function getOutline(index, count) {
    const step = (TOP_WIDTH - BOTTOM_WIDTH) / count;
    const top = (step * index) / 2;
    const bottom = (step * (index + 1)) / 2;
    return (
        `clip-path: polygon(${top}% 0, ${100 - top}% 0, ` +
        `${100 - bottom}% 100%, ${bottom}% 100%);`
    );
}

function formatDays(days) {
    if (days < 1) {
        return _t("within a day");
    }
    if (days < 1.5) {
        return _t("1 day");
    }
    return _t("%s days", formatFloat(days, {digits: [16, 0]}));
}

/** What stands between a layer and the next one. */
function getPassage(layer, next) {
    if (!next) {
        return null;
    }
    const hasEntered = layer.conversion !== null && layer.conversion !== undefined;
    const hasDays = layer.days !== null && layer.days !== undefined;
    return {
        rate: hasEntered ? formatPercentage(layer.conversion, {digits: [16, 0]}) : "–",
        days: hasDays ? formatDays(layer.days) : "",
        title: hasEntered
            ? _t(
                  "%(entered)s came to “%(tier)s” in the period, %(onward)s of them went on",
                  {
                      entered: formatInteger(layer.entered),
                      tier: layer.name,
                      onward: formatInteger(layer.onward),
                  }
              )
            : _t("Nobody came to “%s” in the period", layer.name),
    };
}

/** The layers as the picture draws them. */
export function getLayers(layers) {
    return layers.map((layer, index) => ({
        ...layer,
        number: index + 1,
        countText: formatInteger(layer.count),
        upText: formatInteger(layer.up),
        leftText: formatInteger(layer.left),
        outline: getOutline(index, layers.length),
        passage: getPassage(layer, layers[index + 1]),
    }));
}

function getWindow(name, model, views, domain) {
    return {
        type: "ir.actions.act_window",
        name,
        res_model: model,
        views,
        domain,
        context: {create: false},
        target: "current",
    };
}

function getMoves(data, domain) {
    return [["date", ">=", data.moment_from], ["date", "<", data.moment_to], ...domain];
}

/** The customers that are on a layer now. */
export function getCustomersAction(data, layer) {
    return {
        xmlId: "crm_funnel_loyalty.action_customers_by_tier",
        name: layer.name,
        domain: ["&", ["funnel_tier_id", "=", layer.id], ...data.domain],
    };
}

/** Those who fell from a layer in the period. */
export function getLeftAction(data, layer) {
    const moves = getMoves(data, [
        ["from_tier_id", "=", layer.id],
        ["direction", "=", "down"],
    ]);
    return {
        xmlId: "crm_funnel_loyalty.action_customers_by_tier",
        name: _t("Fell from “%s”", layer.name),
        domain: ["&", ["funnel_move_ids", "any", moves], ...data.domain],
    };
}

/** The moves of the period: up to a layer, or all in one direction. */
export function getMovesAction(data, direction, layer) {
    const domain = getMoves(data, [
        ["direction", "=", direction],
        ["partner_id", "any", data.domain],
        ...(layer ? [["to_tier_id", "=", layer.id]] : []),
    ]);
    const name = direction === "up" ? _t("Moved Up") : _t("Moved Down");
    return getWindow(
        name,
        "crm.funnel.tier.move",
        [
            [false, "list"],
            [false, "graph"],
            [false, "pivot"],
            [false, "form"],
        ],
        domain
    );
}
