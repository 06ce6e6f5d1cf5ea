from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..distribution.work_hours import WorkHours

RECALL_BATCH = 200


class CrmAdsData(models.Model):
    """Data that is taken back because nobody has handled it (N11).

    SPECIFICATION
    - Handled is the first logged call, message, note or change of stage of the
      salesperson (``contact_date``, see ``crm.lead``), and whatever brought the lead
      further: lost, won, an opportunity or a quotation.
    - Not handled within ``recall_minutes`` of the salesperson's working time, the data
      goes to the next person of the rule, never to one who had it before; or to the
      pool, also when nobody else is left.
    - The lead and its history move along; who loses the data is told.
    - A sale admin takes data back with one press, however long it has been there.

    COST: per rule and batch one reading of each calendar, and what a transfer costs.
    """

    _inherit = "crm.ads.data"

    recall_count = fields.Integer(string="Taken Back", readonly=True, copy=False)
    pool_date = fields.Datetime(string="In Pool Since", readonly=True, copy=False)

    def action_recall(self):
        """Take these data back at once, to wherever their rules say.

        :return: client action that says what became of them
        :raise AccessError: when the person does not deal data out
        :raise UserError: when none of them is with a salesperson who has not handled it
        """
        untouched = self._check_can_take_back()
        # sudo: leads and activities are not the sale admin's; checked just above
        recalled, pooled = untouched.sudo()._recall()
        return self._get_recall_notification(recalled, pooled)

    def action_to_pool(self):
        """Give these data to the pool: new ones, and those that nobody has handled."""
        self._check_distributor()
        self.check_access("write")
        # sudo: leads and activities are not the sale admin's; checked just above
        data = self.sudo()._lock_waiting(("new", "transferred"))
        data = data.filtered(lambda one: one.state == "new" or one._is_untouched())
        if not data:
            raise UserError(
                self.env._(
                    "Only new data, and data nobody has handled, go to the pool."
                )
            )
        data._give_to_pool()
        return self._get_recall_notification(self.browse(), data)

    def _check_distributor(self):
        if not self.env.user.has_group("crm_ads_data.group_distributor"):
            raise AccessError(self.env._("Only sale admins take data back."))

    def _check_can_take_back(self):
        self._check_distributor()
        self.check_access("write")
        untouched = self.filtered_domain(self._get_untouched_domain())
        if not untouched:
            raise UserError(
                self.env._("None of these data waits with a salesperson, unhandled.")
            )
        return untouched

    @api.model
    def _get_untouched_domain(self):
        return (
            Domain("state", "=", "transferred")
            & Domain("contact_date", "=", False)
            & Domain("sales_status", "=", "waiting")
        )

    def _is_untouched(self):
        self.ensure_one()
        return (
            self.state == "transferred"
            and not self.contact_date
            and self.sales_status == "waiting"
        )

    # ------------------------------------------------------------
    # TAKING BACK
    # ------------------------------------------------------------

    def _recall(self):
        """Take back those of these data that are still not handled.

        :return: ``(data that went to others, data that went to the pool)``
        """
        self.invalidate_recordset(["state", "contact_date"])
        data = self._lock_waiting(("transferred",))
        data._mark_logged_calls()
        data = data.filtered(lambda one: one._is_untouched())
        recalled = pooled = self.browse()
        for rule, records in self.env["crm.ads.distribution.rule"]._match(data).items():
            if rule.recall_to == "next" and rule.method != "manual":
                recalled |= records._pass_on(rule)
        pooled = data - recalled
        pooled._give_to_pool()
        return recalled, pooled

    def _pass_on(self, rule):
        """Give each data to the next person of the rule who has not had it yet."""
        holders = self._get_holders()
        losers = {data: data.user_id for data in self}
        groups = defaultdict(self.browse)
        for data in self:
            groups[holders[data]] |= data
        decisions = []
        for users, records in groups.items():
            decided = rule._decide(records, users, "recall")
            decisions += [(user, rule.team_id, data) for user, data in decided.items()]
        passed = self._hand_over(decisions)
        for data in passed:
            data.recall_count += 1
        self._tell_losers({data: losers[data] for data in passed})
        return passed

    def _get_holders(self):
        """Who has, or had, each of these data: dict of data to ``res.users``."""
        groups = self.env["crm.ads.distribution.log"]._read_group(
            [("data_id", "in", self.ids)], ["data_id"], ["user_id:recordset"]
        )
        found = dict(groups)
        nobody = self.env["res.users"]
        return {data: data.user_id | found.get(data, nobody) for data in self}

    def _give_to_pool(self):
        """Take the data from whoever has them and put them where all may take them."""
        losers = {data: data.user_id for data in self if data.user_id}
        leads = self.lead_id
        leads._drop_first_calls()
        leads._leave_hands(leads.user_id)
        for company, data in self.grouped("company_id").items():
            # ads_in_pool: core shows leads without a salesperson to all of them;
            # company_id: and one without person and team to every company
            moved = data.lead_id.with_context(**self._get_lead_context())
            moved.write(
                {
                    "user_id": False,
                    "active": False,
                    "ads_in_pool": True,
                    "company_id": company.id,
                }
            )
            # at once: the sale admin, whose request this is, may not read leads
            moved.flush_recordset()
        for data in self.filtered("user_id"):
            data.recall_count += 1
        self.write(
            {
                "state": "pool",
                "user_id": False,
                "pool_date": fields.Datetime.now(),
                "claim_user_id": False,
                "claim_until": False,
            }
        )
        self._tell_losers(losers)

    def _tell_losers(self, losers):
        """Tell the people whose data were taken back; dict of data to user."""
        per_user = defaultdict(self.browse)
        for data, user in losers.items():
            per_user[user] |= data
        for user, data in per_user.items():
            env = self.with_context(lang=user.lang).env
            title = env._("Taken back: %(count)s", count=len(data))
            body = env._("Not handled in time: %(names)s", names=data._get_names())
            user._bus_send(
                "simple_notification",
                {"type": "warning", "title": title, "message": body, "sticky": True},
            )
            data.lead_id[:1].message_notify(
                partner_ids=user.partner_id.ids, subject=title, body=body
            )

    def _get_recall_notification(self, recalled, pooled):
        parts = [
            f"{user.name}: {len(data)}"
            for user, data in recalled.grouped("user_id").items()
        ]
        if pooled:
            parts.append(self.env._("pool: %(count)s", count=len(pooled)))
        taken = len(recalled) + len(pooled)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if taken else "warning",
                "title": self.env._("Taken back: %(count)s", count=taken),
                "message": ", ".join(parts),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ------------------------------------------------------------
    # THE CLOCK
    # ------------------------------------------------------------

    @api.model
    def _cron_recall(self):
        """Take back what was not handled in the time that its rule gives."""
        progress = self.env["ir.cron"]._commit_progress
        self._find_logged_calls()
        domain = self._get_recall_domain()
        progress(remaining=self.search_count(domain) if domain else 0)
        batch = self._search_recall(domain)
        while batch:
            batch._get_overdue()._recall()
            if not progress(len(batch)):
                return
            batch = self._search_recall(domain & Domain("id", ">", batch[-1].id))

    @api.model
    def _search_recall(self, domain):
        return self.search(domain, order="id", limit=RECALL_BATCH) if domain else self

    @api.model
    def _get_recall_domain(self):
        """Unhandled data older than the shortest time of any rule; None without any."""
        rules = self.env["crm.ads.distribution.rule"].search(
            [("recall_minutes", ">", 0)]
        )
        if not rules:
            return None
        shortest = timedelta(minutes=min(rules.mapped("recall_minutes")))
        return (
            self._get_untouched_domain()
            & Domain("company_id", "in", rules.company_id.ids)
            & Domain("transfer_date", "<=", fields.Datetime.now() - shortest)
        )

    def _get_overdue(self):
        """Those of these data whose salesperson's working time has run out."""
        now = fields.Datetime.now()
        overdue = self.browse()
        for rule, records in self.env["crm.ads.distribution.rule"]._match(self).items():
            if not rule.recall_minutes:
                continue
            hours = WorkHours(min(records.mapped("transfer_date")), now)
            shifts = {one.user_id: one.calendar_id for one in rule.member_ids}
            for data in records:
                shift = shifts.get(data.user_id, self.env["resource.calendar"])
                waited = hours.minutes(shift, data.transfer_date, now)
                if waited >= rule.recall_minutes:
                    overdue |= data
        return overdue
