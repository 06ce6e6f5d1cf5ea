import {BoardScreen} from "./board_screen";
import {_t} from "@web/core/l10n/translation";
import {deserializeDate} from "@web/core/l10n/dates";
import {formatFloat} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";

const COLORS = {
    fine: "success",
    too_few: "secondary",
    unknown: "secondary",
    too_low: "danger",
    too_high: "warning",
    too_wide: "danger",
    nothing: "danger",
};

/** Are the rules of the sales department right? The rules of seed 003 with advice. */
export class Sanity extends BoardScreen {
    static template = "crm_funnel_loyalty.Sanity";
    static method = "get_sanity";
    static defaults = {day: false, months: 6};

    setup() {
        super.setup();
        this.counts = [3, 6, 12];
    }

    getArgs() {
        return [this.state.day, this.state.months];
    }

    get periodLabel() {
        const first = deserializeDate(this.data.date_from).toFormat("MM/yyyy");
        const last = deserializeDate(this.data.last).toFormat("MM/yyyy");
        return first === last ? first : `${first} – ${last}`;
    }

    color(code) {
        return COLORS[code];
    }

    kpiLabel(code) {
        return {
            fine: _t("Right"),
            too_low: _t("Too low"),
            too_high: _t("Too high"),
            too_few: _t("Too early"),
        }[code];
    }

    incomeLabel(code) {
        return {
            fine: _t("Right"),
            too_low: _t("Under 3 ×"),
            too_high: _t("Over 5 ×"),
            unknown: _t("Unknown"),
        }[code];
    }

    times(figure) {
        return `${formatFloat(figure, {digits: [16, 1]})} ×`;
    }

    chooseMonths(months) {
        return this.choose({months});
    }

    openTargets() {
        return this.action.doAction("crm_funnel_loyalty.action_targets");
    }

    openPerson(id) {
        return this.action.doAction({
            type: "ir.actions.client",
            tag: "crm_sales_scorecard",
            params: {user_id: id, day: this.data.last},
        });
    }
}

registry.category("actions").add("crm_sales_sanity", Sanity);
