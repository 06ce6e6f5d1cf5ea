import {formatDay, getTrend} from "./board_figures";
import {BoardScreen} from "./board_screen";
import {registry} from "@web/core/registry";

/** Who has sold what: visible to every salesperson, as figures only. */
export class Leaderboard extends BoardScreen {
    static template = "crm_funnel_loyalty.Leaderboard";
    static method = "get_leaderboard";

    get comparison() {
        return `${formatDay(this.data.before_from)} – ${formatDay(this.data.before_to)}`;
    }

    get isEmpty() {
        return !this.data.rows.length;
    }

    trend(row) {
        return getTrend(row.change);
    }

    openTargets() {
        return this.action.doAction("crm_funnel_loyalty.action_targets");
    }

    openPerson(row) {
        return this.action.doAction({
            type: "ir.actions.client",
            tag: "crm_sales_scorecard",
            name: row.name,
            params: {user_id: row.user_id, day: this.data.date_from},
        });
    }
}

registry.category("actions").add("crm_sales_leaderboard", Leaderboard);
