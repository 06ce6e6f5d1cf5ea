import {Component, onMounted, useRef} from "@odoo/owl";
import {
    BadgeSelectionField,
    badgeSelectionField,
} from "@web/views/fields/badge_selection/badge_selection_field";
import {DateTimeField, dateField} from "@web/views/fields/datetime/datetime_field";
import {TextField, textField} from "@web/views/fields/text/text_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useDebounced} from "@web/core/utils/timing";
import {useHotkey} from "@web/core/hotkeys/hotkey_hook";

const {DateTime} = luxon;

/** The button that saves, of the dialog in which an element is. */
function pressSave(el) {
    const dialog = el.closest(".modal") || document;
    const button = dialog.querySelector("footer button.btn-primary");
    button?.focus();
    button?.click();
}

/**
 * Badges that are chosen with the keys 1 to 9. Enter saves, and so does Ctrl+Enter from
 * within a text.
 */
export class ResultKeysField extends BadgeSelectionField {
    static template = "crm_campaign_partner.ResultKeysField";

    setup() {
        super.setup();
        this.root = useRef("root");
        for (let key = 1; key <= 9; key++) {
            useHotkey(String(key), () => this.choose(key - 1));
        }
        useHotkey("enter", () => pressSave(this.root.el));
        useHotkey("control+enter", () => pressSave(this.root.el), {
            bypassEditableProtection: true,
        });
        // After the form has put the focus into its first input.
        onMounted(() => setTimeout(() => this.focus(0)));
    }

    choose(index) {
        const option = this.options[index];
        if (option) {
            this.onChange(option[0]);
            this.focus(index);
        }
    }

    focus(index) {
        this.root.el?.querySelectorAll("button")[index]?.focus();
    }
}

registry.category("fields").add("crm_result_keys", {
    ...badgeSelectionField,
    component: ResultKeysField,
    displayName: _t("Badges with Keys"),
    supportedTypes: ["many2one"],
});

/** A date with the days that are chosen most. */
export class QuickDateField extends Component {
    static template = "crm_campaign_partner.QuickDateField";
    static components = {DateTimeField};
    static props = DateTimeField.props;
    static defaultProps = DateTimeField.defaultProps;

    get choices() {
        const today = DateTime.local().startOf("day");
        return [
            {label: _t("Tomorrow"), date: today.plus({days: 1})},
            {label: _t("In 3 days"), date: today.plus({days: 3})},
            {label: _t("Next Monday"), date: today.plus({weeks: 1}).startOf("week")},
        ];
    }

    isChosen(date) {
        const value = this.props.record.data[this.props.name];
        return Boolean(value) && value.hasSame(date, "day");
    }

    choose(date) {
        this.props.record.update({
            [this.props.name]: this.isChosen(date) ? false : date,
        });
    }
}

registry.category("fields").add("crm_quick_date", {
    ...dateField,
    component: QuickDateField,
    displayName: _t("Date with Quick Choices"),
});

/** A text whose size is told while it is written, not only when it is left. */
export class LiveTextField extends TextField {
    static template = "crm_campaign_partner.LiveTextField";

    setup() {
        super.setup();
        this.tell = useDebounced(() => {
            if (this.textareaRef.el) {
                this.props.record.update({
                    [this.props.name]: this.parse(this.textareaRef.el.value),
                });
            }
        }, 400);
    }

    get shouldTrim() {
        return false;
    }
}

registry.category("fields").add("crm_live_text", {
    ...textField,
    component: LiveTextField,
    displayName: _t("Text Measured While Written"),
});

/** ‹ 3 / 30 › on a number that says which one is shown. */
export class PagerField extends Component {
    static template = "crm_campaign_partner.PagerField";
    static props = {...standardFieldProps, countField: {type: String}};

    get count() {
        return this.props.record.data[this.props.countField] || 0;
    }

    get position() {
        return Math.min(this.props.record.data[this.props.name] || 1, this.count);
    }

    move(step) {
        const next = (this.position - 1 + step + this.count) % this.count;
        this.props.record.update({[this.props.name]: next + 1});
    }
}

registry.category("fields").add("crm_pager", {
    component: PagerField,
    displayName: _t("Pager"),
    supportedTypes: ["integer"],
    extractProps: ({options}) => ({countField: options.count_field}),
});
