import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatPercentage} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

/** The first look at a campaign: its funnel, its people, its answers, what is next. */
export class CampaignHome extends Component {
    static template = "crm_campaign_partner.CampaignHome";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({home: null});
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps((next) => this.load(next.record.resId));
    }

    async load(resId) {
        if (!resId) {
            this.state.home = null;
            return;
        }
        this.state.home = await this.orm.call("crm.campaign", "get_home", [resId]);
    }

    get todo() {
        const {overdue, today, untouched} = this.state.home.todo;
        return [
            {key: "overdue", name: _t("Overdue"), count: overdue, style: "danger"},
            {key: "today", name: _t("Due today"), count: today, style: "warning"},
            {
                key: "untouched",
                name: _t("Not contacted"),
                count: untouched,
                style: "info",
            },
        ];
    }

    get mostAnswers() {
        return Math.max(1, ...this.state.home.answers.map((answer) => answer.count));
    }

    get mostDays() {
        return Math.max(1, ...this.state.home.days.map((day) => day.count));
    }

    get isEmpty() {
        return !this.state.home.funnel[0].count;
    }

    width(count) {
        const [{count: whole}] = this.state.home.funnel;
        return whole && count ? Math.max(2, Math.min(100, (100 * count) / whole)) : 0;
    }

    percent(rate) {
        return formatPercentage(rate, {digits: [false, 0]});
    }

    async open(key, recordId = false) {
        const actions = {
            opportunities: "action_view_opportunities",
            orders: "action_view_quotations",
        };
        const method = actions[key] || "action_view_home_members";
        const args = [this.props.record.resId];
        if (!actions[key]) {
            args.push(key, recordId);
        }
        this.action.doAction(await this.orm.call("crm.campaign", method, args));
    }
}

registry.category("view_widgets").add("crm_campaign_home", {component: CampaignHome});
