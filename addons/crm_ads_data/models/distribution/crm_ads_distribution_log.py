import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmAdsDistributionLog(models.Model):
    """Every distribution decision: who got a data, by which rule, who was passed over.

    SPECIFICATION (002.23, N3 "why me")
    - Written by ``_write_down`` only, append only: nobody changes or deletes a line.
    - ``reason`` says why this person: the turn, the person's own past, a cover, a hand.
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
    covered_user_id = fields.Many2one(
        "res.users", string="In Place Of", readonly=True, index="btree_not_null"
    )
    reason = fields.Selection(
        [
            ("turn", "It was this person's turn"),
            ("least_loaded", "Had the fewest open leads"),
            ("previous_owner", "Had this customer before"),
            ("cover", "Covers for a colleague"),
            ("manual", "Chosen by hand"),
            ("recall", "Taken back from a colleague"),
            ("claim", "Taken from the pool"),
            ("reopen", "The customer came back"),
            ("redistribute", "Dealt anew"),
        ],
        required=True,
        readonly=True,
        default="turn",
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
            "absent": self.env._("absent"),
            "off_shift": self.env._("outside the shift"),
            "skill": self.env._("lacks a skill that is needed"),
            "excluded": self.env._("had it already"),
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

    @api.model
    def _write_down(self, rows):
        """Add decisions; one INSERT, however many.

        :param rows: list of dicts of ``crm.ads.distribution.rule._prepare_log_values``
        """
        if not rows:
            return
        columns = list(rows[0])
        values = SQL(", ").join(
            SQL("%s", tuple(self._to_column(row[name]) for name in columns))
            for row in rows
        )
        # a conflict here is foreseen and retried: it is no error for the server's log
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_ads_distribution_log (%s) VALUES %s",
                SQL(", ").join(map(SQL.identifier, columns)),
                values,
            ),
            log_exceptions=False,
        )
        self.invalidate_model(flush=False)

    @api.model
    def _to_column(self, value):
        return json.dumps(value) if isinstance(value, list) else value

    def write(self, vals):
        """Refused: a decision is never rewritten."""
        if not self.env.su:
            raise UserError(self.env._("Distribution decisions cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        if not self.env.su:
            raise UserError(self.env._("Distribution decisions cannot be deleted."))
