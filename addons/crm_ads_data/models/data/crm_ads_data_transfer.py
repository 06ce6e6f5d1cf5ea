from odoo import models
from odoo.exceptions import RedirectWarning, UserError

TRANSFERABLE = ("new", "pool")


class CrmAdsData(models.Model):
    """Transfer to sales: the arrow in the column "Thao tác" (002.22, 002.25, 002.26).

    SPECIFICATION
    - ``action_transfer`` works on one row or thousands; who gets what is decided by
      ``crm.ads.distribution.rule``, what it makes is in ``_hand_over``.
    - Data that is not new (duplicate, invalid, already dealt) is left as it is and
      the answer says how many.
    - A rule that deals by hand gives nothing away here: see ``crm.ads.data.assign``.
    """

    _inherit = "crm.ads.data"

    def action_transfer(self):
        """Deal these data out to salespeople.

        :return: client action that says what was done
        :raise UserError: when none of the data can be transferred
        :raise RedirectWarning: when no rule takes them, with the way to the rules
        """
        self.check_access("write")
        # sudo: rules, leads and activities are not the marketer's; what may be
        # transferred was checked just above
        waiting = self.sudo()._lock_waiting()
        if not waiting:
            raise UserError(
                self.env._(
                    "Nothing to transfer: only new data and data in the pool"
                    " can be dealt out."
                )
            )
        transferred = waiting._transfer()
        if not transferred:
            self._raise_nobody_found(waiting)
        return self._get_transfer_notification(transferred)

    def _lock_waiting(self, states=TRANSFERABLE):
        """The data of these that still wait, locked so that nobody else deals them."""
        waiting = self.filtered(lambda data: data.state in states)
        return waiting.try_lock_for_update(allow_referencing=True).filtered(
            lambda data: data.state in states
        )

    def _transfer(self, rules=None, exclude_users=None, reason=None):
        """Decide who gets these data and hand them over.

        :param rules: only these ``crm.ads.distribution.rule`` deal; None: all but
            those that deal by hand
        :param exclude_users: ``res.users`` who get none of them
        :param reason: for the log, see ``crm.ads.distribution.rule._decide``
        :return: the data that found somebody
        """
        decisions = []
        for rule, records in self.env["crm.ads.distribution.rule"]._match(self).items():
            if rule.method == "manual" or (rules is not None and rule not in rules):
                continue
            decided = rule._decide(records, exclude_users, reason)
            decisions += [(user, rule.team_id, data) for user, data in decided.items()]
        return self._hand_over(decisions)

    def _raise_nobody_found(self, waiting):
        # sudo: only whether a rule takes the data is asked, not what the rule says
        rules = self.env["crm.ads.distribution.rule"].sudo()._match(waiting)
        if not rules:
            action = self.env.ref("crm_ads_data.action_crm_ads_distribution_rule")
            raise RedirectWarning(
                self.env._(
                    "No distribution rule takes these data. A sale admin sets in the"
                    " rules who receives them."
                ),
                action.id,
                self.env._("Open the rules"),
            )
        if all(rule.method == "manual" for rule in rules):
            raise UserError(
                self.env._(
                    "These data are dealt out by hand: a sale admin selects them and"
                    " presses Assign to."
                )
            )
        raise UserError(
            self.env._(
                "Nobody can receive these data now: everyone in the rule is away, off"
                " shift, has switched receiving off, lacks a skill that is needed or"
                " has reached the daily limit."
            )
        )

    def _get_transfer_notification(self, transferred):
        counts = transferred.grouped("user_id")
        per_user = ", ".join(
            f"{user.name}: {len(records)}" for user, records in counts.items()
        )
        left = len(self) - len(transferred)
        message = per_user
        if left:
            message = self.env._(
                "%(per_user)s. Not transferred: %(left)s (already dealt, duplicate,"
                " invalid, or nobody free).",
                per_user=per_user,
                left=left,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "title": self.env._("Transferred: %(count)s", count=len(transferred)),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_lead(self):
        """Open the lead that this data became."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "view_mode": "form",
        }

    def action_open_dossier(self):
        """Open everything that is known of this person ("Hồ sơ khách hàng")."""
        self.ensure_one()
        self.check_access("read")
        return self.env["crm.ads.dossier"].action_open_for(self.phone)

    def action_open_duplicate_of(self):
        """Open the data that holds this number."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.duplicate_of_id.id,
            "view_mode": "form",
        }

    def action_open_logs(self):
        """Open the decisions on these data ("why me")."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_ads_data.action_crm_ads_distribution_log"
        )
        action["domain"] = [("data_id", "in", self.ids)]
        return action
