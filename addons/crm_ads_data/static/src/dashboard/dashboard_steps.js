import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";

/** What a new marketer does first, each with a button to where it is done. */
export class DashboardSteps extends Component {
    static template = "crm_ads_data.DashboardSteps";
    static props = {steps: Array};

    setup() {
        this.action = useService("action");
    }

    get steps() {
        const texts = {
            account: [
                _t("Create your ad account and tick Running"),
                _t("Ad Accounts"),
                "crm_ads_data.action_crm_ads_account",
            ],
            campaign: [
                _t("Create a campaign in it and tick Act"),
                _t("Ad Campaigns"),
                "crm_ads_data.action_crm_ads_campaign",
            ],
            ad: [
                _t("Create an ad in the campaign and tick Act"),
                _t("Ads"),
                "crm_ads_data.action_crm_ads_ad",
            ],
            data: [
                _t("Take data in: type it in, or load a lead-form export"),
                _t("Import"),
                "crm_ads_data.action_crm_ads_import",
            ],
        };
        const next = this.props.steps.find((step) => !step.is_done);
        return this.props.steps.map((step) => {
            const [text, button, action] = texts[step.name];
            return {...step, text, button, action, isNext: step === next};
        });
    }

    open(step) {
        this.action.doAction(step.action, {clearBreadcrumbs: false});
    }
}
