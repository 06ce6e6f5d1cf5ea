import {Component, onWillStart, useState} from "@odoo/owl";
import {
    FILTERS,
    PERIODS,
    getCustomersAction,
    getLayers,
    getLeftAction,
    getMovesAction,
} from "./funnel_figures";
import {deserializeDate, serializeDate} from "@web/core/l10n/dates";
import {DateTimeInput} from "@web/core/datetime/datetime_input";
import {Layout} from "@web/search/layout";
import {formatInteger} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";

/** The seven tiers as a funnel: counts, conversion and time between them, leaks. */
export class FunnelPicture extends Component {
    static template = "crm_funnel_loyalty.FunnelPicture";
    static components = {DateTimeInput, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.periods = PERIODS;
        this.state = useState({
            data: null,
            period: "year",
            dateFrom: false,
            dateTo: false,
            filters: {},
            ...this.props.state,
        });
        useSetupAction({
            getLocalState: () => ({
                period: this.state.period,
                dateFrom: this.state.dateFrom,
                dateTo: this.state.dateTo,
                filters: {...this.state.filters},
            }),
        });
        onWillStart(() => this.load());
    }

    get data() {
        return this.state.data;
    }

    get layers() {
        return getLayers(this.data.layers);
    }

    get filters() {
        return FILTERS.map((filter) => ({
            ...filter,
            options: this.data.options[filter.name],
            value: this.state.filters[filter.name] || "",
        })).filter((filter) => filter.options.length);
    }

    get isFiltered() {
        return Object.values(this.state.filters).some(Boolean);
    }

    get isEmpty() {
        return !this.data.total && !this.isFiltered;
    }

    get dateFrom() {
        return deserializeDate(this.data.date_from);
    }

    get dateTo() {
        return deserializeDate(this.data.date_to);
    }

    format(number) {
        return formatInteger(number);
    }

    async load() {
        this.state.data = await this.orm.call("crm.funnel.tier", "get_funnel_picture", [
            this.state.dateFrom,
            this.state.dateTo,
            {...this.state.filters},
        ]);
    }

    async choosePeriod(period) {
        const [from, to] = period.getDays(deserializeDate(this.data.today));
        Object.assign(this.state, {
            period: period.name,
            dateFrom: serializeDate(from),
            dateTo: serializeDate(to),
        });
        await this.load();
    }

    async chooseDays(from, to) {
        if (!from || !to) {
            return;
        }
        const [first, last] = from <= to ? [from, to] : [to, from];
        Object.assign(this.state, {
            period: "custom",
            dateFrom: serializeDate(first),
            dateTo: serializeDate(last),
        });
        await this.load();
    }

    async chooseFilter(name, value) {
        this.state.filters[name] = parseInt(value, 10) || false;
        await this.load();
    }

    async clearFilters() {
        this.state.filters = {};
        await this.load();
    }

    /** Open an action of ours with another name and domain, its list first. */
    async openOurs({xmlId, name, domain}) {
        const action = await this.action.loadAction(xmlId);
        const views = [...action.views].sort(
            (one, other) => (other[1] === "list") - (one[1] === "list")
        );
        this.action.doAction({...action, name, display_name: name, domain, views});
    }

    openLayer(layer) {
        this.openOurs(getCustomersAction(this.data, layer));
    }

    openLeft(layer) {
        this.openOurs(getLeftAction(this.data, layer));
    }

    openMoves(direction, layer) {
        this.action.doAction(getMovesAction(this.data, direction, layer));
    }

    openLeads() {
        this.action.doAction("crm_funnel_loyalty.action_lead_board");
    }
}

registry.category("actions").add("crm_funnel_picture", FunnelPicture);
