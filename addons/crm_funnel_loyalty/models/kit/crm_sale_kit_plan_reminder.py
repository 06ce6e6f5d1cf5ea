from datetime import timedelta

from odoo import api, models

from ...tools import local_date

# So many days before the due date people are reminded.
REMIND_DAYS = 3


class CrmSaleKitPlanReminder(models.Model):
    """Reminders of skill plans (003.65).

    SPECIFICATION
    - Three days before the due date whoever has not finished gets an activity, due on
      that day; one at a time, and again as long as something is unread.
    - It goes away by itself when the last item is read; the next day, when the plan is
      archived, due later, or does not concern the person any more.

    COST: three queries and one create for each company, whatever the number of plans
    and people.
    """

    _inherit = "crm.sale.kit.plan"

    @api.model
    def _get_reminder_type_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id(
            "crm_funnel_loyalty.mail_activity_type_training", raise_if_not_found=True
        )

    @api.model
    def _cron_remind(self):
        """Remind whoever has not finished, company by company."""
        companies = self.env["res.company"].search([("active", "=", True)])
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(companies))
        for company in companies:
            self.with_company(company)._remind(company)
            if not progress(1):
                return

    @api.model
    def _remind(self, company):
        limit = local_date(self.env.cr.now(), company) + timedelta(days=REMIND_DAYS)
        late = self.env["crm.sale.kit.progress"].search(
            [
                ("company_id", "=", company.id),
                ("state", "!=", "done"),
                ("date_deadline", "<=", limit),
            ]
        )
        wanted = {(row.plan_id.id, row.user_id, row.date_deadline) for row in late}
        reminders = self._get_company_reminders(company)
        kept = reminders.filtered(
            lambda one: (one.res_id, one.user_id, one.date_deadline) in wanted
        )
        (reminders - kept).unlink()
        reminded = {(one.res_id, one.user_id) for one in kept}
        activities = self.env["mail.activity"].with_context(
            # the list of activities is enough: no e-mail for each person
            mail_activity_quick_update=True
        )
        activities.create(
            [
                row._prepare_reminder(self._get_reminder_type_id())
                for row in late
                if (row.plan_id.id, row.user_id) not in reminded
            ]
        )

    @api.model
    def _get_company_reminders(self, company):
        """Those of archived plans, too."""
        plans = self.with_context(active_test=False)
        ids = plans._search([("company_id", "=", company.id)])
        return self._get_reminders([("res_id", "in", ids)])

    @api.model
    def _get_reminders(self, domain):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("activity_type_id", "=", self._get_reminder_type_id()),
                *domain,
            ]
        )

    @api.model
    def _close_reminders(self, user):
        """Take away the reminders of the plans that this person has finished.

        COST: one query for who has none.
        """
        # sudo: the system takes away what it has planned
        reminders = self.sudo()._get_reminders([("user_id", "=", user.id)])
        if not reminders:
            return
        finished = reminders.env["crm.sale.kit.progress"].search(
            [
                ("plan_id", "in", reminders.mapped("res_id")),
                ("user_id", "=", user.id),
                ("state", "=", "done"),
            ]
        )
        reminders.filtered(lambda one: one.res_id in finished.plan_id.ids).unlink()
