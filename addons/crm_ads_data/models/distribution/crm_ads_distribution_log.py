from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmAdsDistributionLog(models.Model):
    """Every distribution decision: who got a data, by which rule, who was passed over.

    SPECIFICATION (002.23, N3 "why me")
    - Written by the distribution only, append only: nobody changes or deletes a line.
    - ``skipped`` keeps ``[user id, reason code]`` pairs; ``skipped_text`` says them in
      the reader's language.
    """

    _name = "crm.ads.distribution.log"
    _description = "Distribution Decision"
    _order = "date desc, id desc"
    _rec_name = "data_id"

    data_id = fields.Many2one(
        "crm.ads.data", required=True, index=True, ondelete="cascade", readonly=True
    )
    rule_id = fields.Many2one(
        "crm.ads.distribution.rule", index=True, ondelete="set null", readonly=True
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", index=True, required=True, readonly=True
    )
    distributor_id = fields.Many2one(
        "res.users", string="Transferred By", readonly=True
    )
    ad_id = fields.Many2one("crm.ads.ad", index=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    date = fields.Datetime(required=True, index=True, readonly=True)
    skipped = fields.Json(readonly=True)
    skipped_text = fields.Char(string="Passed Over", compute="_compute_skipped_text")

    @api.model
    def _get_skip_reasons(self):
        return {
            "archived": self.env._("account archived"),
            "not_receiving": self.env._("receiving switched off"),
            "not_salesperson": self.env._("no salesperson rights"),
            "full": self.env._("daily limit reached"),
        }

    @api.depends("skipped")
    def _compute_skipped_text(self):
        reasons = self._get_skip_reasons()
        user_ids = {user_id for log in self for user_id, _code in log.skipped or []}
        # sudo: the names of colleagues who were passed over, archived ones included
        names = {
            user.id: user.name
            for user in self.env["res.users"].sudo().browse(user_ids).exists()
        }
        for log in self:
            log.skipped_text = ", ".join(
                f"{names.get(user_id, '?')} ({reasons.get(code, code)})"
                for user_id, code in log.skipped or []
            )

    def write(self, vals):
        """Refused: a decision is never rewritten."""
        if not self.env.su:
            raise UserError(self.env._("Distribution decisions cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        if not self.env.su:
            raise UserError(self.env._("Distribution decisions cannot be deleted."))
