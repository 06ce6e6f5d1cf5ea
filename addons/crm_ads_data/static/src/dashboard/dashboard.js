import {Component, onWillStart, useState} from "@odoo/owl";
import {
    PERIODS,
    formatChange,
    formatFigure,
    getAdsAction,
    getDataAction,
    getTileAction,
} from "./dashboard_figures";
import {DashboardCharts} from "./dashboard_charts";
import {DashboardSteps} from "./dashboard_steps";
import {DateTimeInput} from "@web/core/datetime/datetime_input";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {deserializeDate, serializeDate} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";

/** The ads home: figures of a period beside those of the period before it. */
export class AdsDashboard extends Component {
    static template = "crm_ads_data.Dashboard";
    static components = {DashboardCharts, DashboardSteps, DateTimeInput, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.periods = PERIODS;
        this.state = useState({data: null, period: "today", ...this.props.state});
        useSetupAction({
            getLocalState: () => ({
                period: this.state.period,
                dateFrom: this.state.dateFrom,
                dateTo: this.state.dateTo,
            }),
        });
        onWillStart(() => this.load(this.state.dateFrom, this.state.dateTo));
    }

    get data() {
        return this.state.data;
    }

    get tiles() {
        const labels = {
            spend: _t("Spend"),
            data_count: _t("Data"),
            cost_per_data: _t("Cost per Data"),
            order_count: _t("Orders"),
            revenue: _t("Revenue"),
            roas: _t("ROAS"),
        };
        return this.data.tiles.map((tile) => ({
            ...tile,
            label: labels[tile.name],
            text: this.format(tile.name, tile.value),
            beforeText: this.format(tile.name, tile.before),
            ...formatChange(tile),
        }));
    }

    get alarms() {
        return this.data.ads.filter((ad) => ad.is_alarm);
    }

    get isEmpty() {
        return this.data.steps.some((step) => !step.is_done);
    }

    get hasDataWithoutSpend() {
        const value = (name) =>
            this.data.tiles.find((tile) => tile.name === name).value;
        return value("data_count") > 0 && value("spend") === 0;
    }

    get dateFrom() {
        return deserializeDate(this.data.date_from);
    }

    get dateTo() {
        return deserializeDate(this.data.date_to);
    }

    format(name, value) {
        return formatFigure(name, value, this.data.currency_id);
    }

    async load(dateFrom = false, dateTo = false) {
        const data = await this.orm.call("crm.ads.report", "get_dashboard", [
            dateFrom,
            dateTo,
        ]);
        Object.assign(this.state, {data, dateFrom, dateTo});
    }

    async choosePeriod(name) {
        const today = deserializeDate(this.data.today);
        const period = PERIODS.find((one) => one.name === name);
        const [from, to] = period.getDays(today);
        this.state.period = name;
        await this.load(serializeDate(from), serializeDate(to));
    }

    async chooseDays(from, to) {
        if (!from || !to) {
            return;
        }
        const [first, last] = from <= to ? [from, to] : [to, from];
        this.state.period = "custom";
        await this.load(serializeDate(first), serializeDate(last));
    }

    openTile(name) {
        this.action.doAction(getTileAction(name, this.data));
    }

    openAds() {
        this.action.doAction(getAdsAction(this.data));
    }

    openAd(ad) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name: ad.name,
            res_model: "crm.ads.ad",
            res_id: ad.id,
            views: [[false, "form"]],
        });
    }

    openData(domain = []) {
        this.action.doAction(getDataAction(this.data, domain));
    }

    openSpend() {
        this.action.doAction("crm_ads_data.action_crm_ads_insight");
    }
}

registry.category("actions").add("crm_ads_dashboard", AdsDashboard);
