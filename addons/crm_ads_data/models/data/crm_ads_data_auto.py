from odoo import api, fields, models
from odoo.fields import Domain

AUTO_BATCH = 200


class CrmAdsData(models.Model):
    """Data that is dealt out by itself as soon as it comes in (002.23).

    SPECIFICATION
    - A rule with ``auto_transfer`` deals new data out without anybody pressing the
      arrow. It is done by a cron that is woken when data comes in, never in the request
      that brought the data in.
    - Data for which nobody is free stays new and is tried again by the cron's own
      rhythm: when the next shift begins, it goes.

    COST: one trigger for all data that comes in before the cron runs.
    """

    _inherit = "crm.ads.data"

    def _wake_auto_transfer(self):
        """Wake the cron, where new data may be for a rule that deals by itself."""
        new = self.filtered(lambda data: data.state == "new")
        rules = self.env["crm.ads.distribution.rule"].sudo()  # whether there is one
        domain = [
            ("auto_transfer", "=", True),
            ("company_id", "in", new.company_id.ids),
        ]
        if not new or not rules.search_count(domain, limit=1):
            return
        # sudo: only the administrator may see crons; this one is ours
        cron = self.env.ref("crm_ads_data.ir_cron_auto_transfer").sudo()
        pending = (
            self.env["ir.cron.trigger"]
            .sudo()
            .search_count(
                [("cron_id", "=", cron.id), ("call_at", "<=", fields.Datetime.now())],
                limit=1,
            )
        )
        if not pending:
            cron._trigger()

    @api.model
    def _cron_auto_transfer(self):
        """Deal out new data that the rules with ``auto_transfer`` take."""
        progress = self.env["ir.cron"]._commit_progress
        rules = self.env["crm.ads.distribution.rule"].search(
            [("auto_transfer", "=", True), ("method", "!=", "manual")]
        )
        waiting = Domain("state", "=", "new") & Domain(
            "company_id", "in", rules.company_id.ids
        )
        progress(remaining=self.search_count(waiting))
        batch = self.search(waiting, order="id", limit=AUTO_BATCH)
        while batch:
            batch._lock_waiting(("new",))._transfer(rules=rules)
            if not progress(len(batch)):
                return
            following = waiting & Domain("id", ">", batch[-1].id)
            batch = self.search(following, order="id", limit=AUTO_BATCH)
