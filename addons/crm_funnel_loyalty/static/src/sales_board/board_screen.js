import {Component, onWillStart, useState} from "@odoo/owl";
import {PERIODS, formatPercent, formatPeriod, getRateColor} from "./board_figures";
import {Layout} from "@web/search/layout";
import {formatCurrency} from "@web/core/currency";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";

/** What the screens of the board share: a period, its figures, going back and forth. */
export class BoardScreen extends Component {
    static components = {Layout};
    static props = {...standardActionServiceProps};

    /** The method of ``crm.sales.board`` that gives the figures. */
    static method = "";
    static defaults = {period: "month", day: false};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.periods = PERIODS;
        this.state = useState({
            ...this.constructor.defaults,
            ...this.getParams(),
            ...this.props.state,
            data: null,
        });
        useSetupAction({getLocalState: () => ({...this.state, data: null})});
        onWillStart(() => this.load());
    }

    getParams() {
        return this.props.action.params || {};
    }

    get data() {
        return this.state.data;
    }

    get periodLabel() {
        return formatPeriod(this.data);
    }

    getArgs() {
        return [this.state.period, this.state.day];
    }

    async load() {
        this.state.data = await this.orm.call(
            "crm.sales.board",
            this.constructor.method,
            this.getArgs()
        );
    }

    async choose(values) {
        Object.assign(this.state, values);
        await this.load();
    }

    choosePeriod(period) {
        return this.choose({period});
    }

    goBack() {
        return this.choose({day: this.data.previous});
    }

    goOn() {
        return this.choose({day: this.data.next});
    }

    money(amount) {
        return formatCurrency(amount, this.data.currency_id);
    }

    percent(figure) {
        return formatPercent(figure);
    }

    rateColor(rate) {
        return getRateColor(rate);
    }

    barWidth(rate) {
        return `width: ${Math.max(0, Math.min(rate, 100))}%`;
    }

    avatar(userId) {
        return `/web/image/res.users/${userId}/avatar_128`;
    }
}
