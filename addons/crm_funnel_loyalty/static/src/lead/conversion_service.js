import {_t} from "@web/core/l10n/translation";
import {rpc} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";

const UNDO_SECONDS = 30;

/**
 * Says what a conversion did, with the way back.
 *
 * The server opens the opportunity with `lead_conversion` in the action's context; as
 * soon as that action is shown, so is the notice: once for each conversion.
 */
export const conversionService = {
    dependencies: ["action", "notification"],

    start(env, {action, notification}) {
        const shown = new Set();

        function getNotice() {
            return action.currentController?.action?.context?.lead_conversion;
        }

        function getButtons(notice, close) {
            const buttons = [];
            if (notice.lead_ids.length === 1) {
                buttons.push({
                    name: _t("Open"),
                    icon: "fa-external-link",
                    onClick: () => {
                        action.doAction({
                            type: "ir.actions.act_window",
                            res_model: "crm.lead",
                            res_id: notice.lead_ids[0],
                            views: [[false, "form"]],
                        });
                    },
                });
            }
            if (notice.undo) {
                buttons.push({
                    name: _t("Undo"),
                    icon: "fa-undo",
                    primary: true,
                    onClick: async () => {
                        close();
                        // as a button would: the server completes the action it returns
                        const next = await rpc(
                            "/web/dataset/call_button/crm.lead/action_undo_conversion",
                            {
                                model: "crm.lead",
                                method: "action_undo_conversion",
                                args: [notice.lead_ids],
                                kwargs: {context: user.context},
                            }
                        );
                        // a screen that the user has moved to stays in the breadcrumb
                        const isStillThere = getNotice()?.key === notice.key;
                        await action.doAction(
                            next,
                            isStillThere ? {stackPosition: "replaceCurrentAction"} : {}
                        );
                        notification.add(_t("The conversion was undone."), {
                            type: "info",
                        });
                    },
                });
            }
            return buttons;
        }

        function show(notice) {
            const close = notification.add(notice.message, {
                type: "success",
                className: "o_lead_conversion",
                autocloseDelay: UNDO_SECONDS * 1000,
                buttons: getButtons(notice, () => close()),
            });
        }

        env.bus.addEventListener("ACTION_MANAGER:UI-UPDATED", () => {
            const notice = getNotice();
            if (notice?.key && !shown.has(notice.key)) {
                shown.add(notice.key);
                show(notice);
            }
        });
    },
};

registry.category("services").add("crm_funnel_conversion", conversionService);
