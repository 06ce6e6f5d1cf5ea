import {
    ProgressBarField,
    progressBarField,
} from "@web/views/fields/progress_bar/progress_bar_field";
import {registry} from "@web/core/registry";
import {useEffect} from "@odoo/owl";

const SECONDS = 2;

/** Progress of a file that is being taken in: looks again while it is under way. */
export class ImportProgressField extends ProgressBarField {
    setup() {
        super.setup();
        useEffect(
            (isRunning) => {
                if (!isRunning) {
                    return undefined;
                }
                const timer = setInterval(() => this.refresh(), SECONDS * 1000);
                return () => clearInterval(timer);
            },
            () => [this.props.record.data.state === "running"]
        );
    }

    /** Read the record again, unless nobody looks or somebody is typing. */
    async refresh() {
        const {record} = this.props;
        if (this.isBusy || document.hidden || (await record.isDirty())) {
            return;
        }
        this.isBusy = true;
        try {
            await record.load();
        } finally {
            this.isBusy = false;
        }
    }
}

registry.category("fields").add("crm_ads_import_progress", {
    ...progressBarField,
    component: ImportProgressField,
});
