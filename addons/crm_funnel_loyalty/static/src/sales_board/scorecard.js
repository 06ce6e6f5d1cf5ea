import {formatMetric, getRateColor} from "./board_figures";
import {BoardScreen} from "./board_screen";
import {deserializeDate} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";

const STATUS_COLORS = {
    reached: "success",
    on_track: "success",
    passed: "success",
    behind: "warning",
    far_behind: "danger",
    missed: "danger",
};

/** The KPIs of one person: score, months, targets. */
export class Scorecard extends BoardScreen {
    static template = "crm_funnel_loyalty.Scorecard";
    static method = "get_scorecard";
    static defaults = {period: "year", day: false, user_id: false};

    getArgs() {
        return [this.state.user_id, this.state.period, this.state.day];
    }

    metric(kpi, figure) {
        return formatMetric(kpi.metric, figure, this.data.currency_id);
    }

    monthLabel(day) {
        return deserializeDate(day).toFormat("MM/yy");
    }

    /** Height of a month's bar in percent of the highest one. */
    get highest() {
        return Math.max(
            1,
            ...this.data.months.map((month) => Math.max(month.revenue, month.target))
        );
    }

    columnHeight(amount) {
        return `height: ${Math.max(0, (100 * amount) / this.highest)}%`;
    }

    columnColor(month) {
        return month.rate === null ? "bg-info" : `bg-${getRateColor(month.rate)}`;
    }

    statusColor(status) {
        return STATUS_COLORS[status] || "secondary";
    }

    choosePerson(userId) {
        return this.choose({user_id: parseInt(userId, 10)});
    }

    openTarget(target) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.sales.target",
            res_id: target.id,
            views: [[false, "form"]],
        });
    }

    print() {
        return this.action.doAction("crm_funnel_loyalty.action_appraisal", {
            additionalContext: {
                default_user_ids: [this.data.user_id],
                default_period: this.data.period,
                default_date: this.data.date_from,
            },
        });
    }
}

registry.category("actions").add("crm_sales_scorecard", Scorecard);
