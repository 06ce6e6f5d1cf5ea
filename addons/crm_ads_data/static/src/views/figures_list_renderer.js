import {ListRenderer} from "@web/views/list/list_renderer";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";

const formatters = registry.category("formatters");

/**
 * The footer of a list of figures: under a ratio stands the ratio of the sums.
 *
 * A column says what it divides: options="{'ratio': ['spend', 'data_count']}"; both must
 * be fields of the list.
 */
export class FiguresListRenderer extends ListRenderer {
    computeAggregates() {
        const aggregates = super.computeAggregates();
        for (const column of this.columns) {
            const {ratio} = column.options || {};
            if (ratio) {
                const value = this.getRatioOfSums(ratio);
                aggregates[column.name] = {
                    help: column.label,
                    value: this.formatRatio(column, value),
                    rawValue: value,
                };
            }
        }
        return aggregates;
    }

    get figureRows() {
        const {list} = this.props;
        if (list.selection.length) {
            return list.selection.map((record) => record.data);
        }
        return list.isGrouped
            ? list.groups.map((group) => group.aggregates)
            : list.records.map((record) => record.data);
    }

    getRatioOfSums([part, whole]) {
        const sum = (name) =>
            this.figureRows.reduce((total, row) => total + (row[name] || 0), 0);
        return sum(whole) ? sum(part) / sum(whole) : 0;
    }

    formatRatio(column, value) {
        const format =
            formatters.get(column.widget, false) ||
            formatters.get(this.fields[column.name].type);
        const currencyField = this.getCurrencyField(column);
        const [row] = this.figureRows;
        const currency = row && row[currencyField];
        return format(value, {
            currencyId: currency && (currency.id || currency[0]),
        });
    }
}

registry.category("views").add("crm_ads_figures_list", {
    ...listView,
    Renderer: FiguresListRenderer,
});
