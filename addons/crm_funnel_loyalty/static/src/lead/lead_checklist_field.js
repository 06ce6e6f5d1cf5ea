import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * The questions of a lead: ticked by one click, with who found out and when.
 */
export class LeadChecklistField extends Component {
    static template = "crm_funnel_loyalty.LeadChecklistField";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
    }

    get items() {
        return this.props.record.data[this.props.name] || [];
    }

    get done() {
        return this.items.filter((item) => item.passed).length;
    }

    get percent() {
        return Math.round((100 * this.done) / Math.max(this.items.length, 1));
    }

    getTitle(item) {
        if (!item.user) {
            return _t("Not answered yet");
        }
        return _t("%(user)s, %(date)s", {user: item.user, date: item.date});
    }

    async onToggle(item) {
        const {record} = this.props;
        if (this.props.readonly || !(await record.save())) {
            return;
        }
        await this.orm.call("crm.lead", "action_answer_checklist", [
            [record.resId],
            item.id,
            !item.passed,
        ]);
        await record.load();
    }
}

export const leadChecklistField = {
    component: LeadChecklistField,
    displayName: _t("Qualification Questions"),
    supportedTypes: ["json"],
};

registry.category("fields").add("lead_checklist", leadChecklistField);
