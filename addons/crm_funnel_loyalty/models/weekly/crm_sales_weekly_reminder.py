from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...groups import ALL_DOCUMENTS
from ...services.targets import get_monday
from ...tools import local_date

FRIDAY = 4


class CrmSalesWeeklyReport(models.Model):
    """Who has to hand in a report, who is reminded and who has not done it.

    SPECIFICATIONS
    - REPORTERS: the members of the sales teams of the company.
    - REMINDER: on Friday each reporter has the week's report, filled in, and an
      activity that is due on that day; once a week. Handing in removes it. If the
      machine stood still on Friday, it is done on the weekend.
    - MISSING: before Friday it is last week's reports that are missing.
    """

    _inherit = "crm.sales.weekly.report"

    reminder_date = fields.Date(string="Reminded On", readonly=True)

    @api.model
    def _get_reminder_type(self):
        return "crm_funnel_loyalty.mail_activity_type_weekly"

    @api.model
    def _get_reporters(self, company):
        # sudo: who is in which team must not depend on who asks
        members = (
            self.env["crm.team.member"]
            .sudo()
            .search([("crm_team_id.company_id", "in", (company.id, False))])
        )
        return members.user_id.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )

    @api.model
    def _cron_remind(self):
        """Make and fill the week's reports, and remind those who have not handed in."""
        companies = self.env["res.company"].search([("active", "=", True)])
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(companies))
        for company in companies:
            self.with_company(company)._remind(company)
            if not progress(1):
                break

    @api.model
    def _remind(self, company):
        today = local_date(self.env.cr.now(), company)
        if today.weekday() < FRIDAY:
            return
        monday = get_monday(today)
        reports = self._make_missing(company, monday, self._get_reporters(company))
        waiting = reports.filtered(
            lambda report: report.state == "draft" and not report.reminder_date
        )
        waiting._fill()
        for report in waiting:
            report.activity_schedule(
                self._get_reminder_type(),
                date_deadline=today,
                user_id=report.user_id.id,
                summary=self.env._("Hand in your weekly report"),
            )
        waiting.write({"reminder_date": today})

    @api.model
    def action_open_missing(self):
        """Show who has not handed in: last week's, from Friday on this week's."""
        company = self.env.company
        if not self.env.user.has_group(ALL_DOCUMENTS):
            raise AccessError(
                self.env._("Only managers see who has not handed in a report.")
            )
        today = local_date(self.env.cr.now(), company)
        monday = get_monday(today)
        if today.weekday() < FRIDAY:
            monday -= timedelta(days=7)
        self._make_missing(company, monday, self._get_reporters(company))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_weekly_reports"
        )
        return {
            **action,
            "name": self.env._("Not Handed In"),
            "domain": [
                ("date_from", "=", monday),
                ("state", "=", "draft"),
                ("company_id", "=", company.id),
            ],
            "context": {},
        }
