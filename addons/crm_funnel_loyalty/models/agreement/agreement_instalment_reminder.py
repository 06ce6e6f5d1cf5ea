import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_date

from ...tools import in_language_of, local_date

_logger = logging.getLogger(__name__)

ACTIVITY = "crm_funnel_loyalty.mail_activity_type_instalment"


class AgreementInstalment(models.Model):
    """Reminders of instalments, before and after they are due.

    SPECIFICATIONS
    * So many days before the day, so many after it, and then every so many days, as the
      company says, the salesperson of the contract gets an activity; when he is gone,
      the leader of the order's team. There is one at a time for an instalment; it goes
      away when the instalment is paid or the contract is not in force any more.
    * Where the company says so, the customer gets a care message too: it is queued by
      the contact guard, which decides whether and when it goes out.
    * Contracts that are not in force, or archived, remind nobody. One without a company
      reminds as the company of its salesperson says.

    COST: one search per company and run, and for each instalment that is due for a
    reminder what an activity costs. An instalment that cannot be reminded says why and
    is left alone until its next reminder.
    """

    _inherit = "agreement.instalment"

    reminder_date = fields.Date(string="Last Reminder", readonly=True, copy=False)
    reminder_error = fields.Char(readonly=True, copy=False)
    reminder_touch_id = fields.Many2one(
        "crm.contact.touch",
        string="Message to the Customer",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    @api.model
    def _cron_follow_instalments(self):
        """Mark what is overdue and remind of what is due."""
        progress = self.env["ir.cron"]._commit_progress
        self._refresh_overdue()
        self._close_reminders()
        parts = self._get_parts_to_remind()
        progress(remaining=len(parts))
        for part in parts:
            try:
                if part.try_lock_for_update():
                    part._remind_safely()
                    self.env.flush_all()
            except (OperationalError, ConcurrencyError) as error:
                # somebody contacts this customer just now: the next run reminds
                self.env.cr.rollback()
                _logger.info("Instalment %s waits: %s", part.id, error)
            if not progress(1):
                break

    def _remind_safely(self):
        """One that fails stops no other, and is not tried again all day.

        :raises ConcurrencyError: (or OperationalError) when somebody else contacts the
            customer at this moment: nothing is wrong, and nothing is noted
        """
        today = self._get_today()
        company = self._get_company()
        part = in_language_of(company, self)
        error = part._try(part._remind_staff, today)
        if company.contract_remind_customer:
            # the salesperson keeps the activity whatever becomes of the message
            error = part._try(part._remind_customer, company, today) or error
        self.write({"reminder_date": today, "reminder_error": error})

    def _try(self, remind, *args):
        """:return: why it could not be done, or False"""
        try:
            with self.env.cr.savepoint():
                remind(*args)
                self.env.flush_all()
        except (OperationalError, ConcurrencyError):
            raise
        except Exception as error:  # pylint: disable=broad-exception-caught
            _logger.info("Instalment %s: no reminder", self.id, exc_info=True)
            return (str(error).strip() or type(error).__name__)[:255]
        return False

    def _remind_staff(self, today):
        """One activity at a time, with the day that is due now."""
        self.activity_unlink([ACTIVITY])
        staff = self._get_reminded_staff()
        if not staff:
            return
        spoken = self.with_context(lang=staff.lang or self.env.lang)
        self.activity_schedule(
            ACTIVITY,
            date_deadline=max(self.due_date, today),
            summary=spoken._get_reminder_title(today),
            user_id=staff.id,
        )

    def _get_reminded_staff(self):
        # sudo: who leads the team does not depend on who asks
        leader = self.sudo().sale_order_id.team_id.user_id
        return (self.user_id.filtered("active") or leader.filtered("active")).sudo(
            False
        )

    def _remind_customer(self, company, today):
        touches = self.env["crm.contact.touch"]
        customer = self.agreement_id.partner_id
        spoken = self.with_context(lang=customer.lang or self.env.lang)
        recipient = {
            **touches._prepare_recipients(customer)[0],
            "res_model": self._name,
            "res_id": self.id,
            **spoken._prepare_reminder_message(today),
        }
        self.reminder_touch_id = touches._open(
            company,
            company.contract_remind_channel,
            "care",
            [recipient],
            user=self.user_id or self.env.user,
        )

    def _prepare_reminder_message(self, today):
        """:return: subject and body, in the language of the context"""
        values = {
            "customer": self.agreement_id.partner_id.name,
            "amount": format_amount(self.env, self.amount_open, self.currency_id),
            "contract": self.agreement_id.code,
            "day": format_date(self.env, self.due_date),
            "company": self._get_company().name,
        }
        if self.due_date < today:
            body = self.env._(
                "Dear %(customer)s, the payment of %(amount)s for contract "
                "%(contract)s was due on %(day)s. If you have paid already, please "
                "accept our thanks. %(company)s",
                **values,
            )
        else:
            body = self.env._(
                "Dear %(customer)s, a payment of %(amount)s for contract %(contract)s "
                "is due on %(day)s. Thank you! %(company)s",
                **values,
            )
        return {"subject": self._get_reminder_title(today), "body": body}

    def _get_reminder_title(self, today):
        values = {
            "name": self.name,
            "amount": format_amount(self.env, self.amount_open, self.currency_id),
        }
        if self.due_date < today:
            return self.env._("Overdue: %(name)s, %(amount)s", **values)
        return self.env._("Payment due: %(name)s, %(amount)s", **values)

    @api.model
    def _get_parts_to_remind(self):
        parts = self.browse()
        now = self.env.cr.now()
        for company in self.env["res.company"].search([("active", "=", True)]):
            domain = self._get_reminder_domain(company, local_date(now, company))
            parts |= self.search(domain)
        return parts

    @api.model
    def _get_reminder_domain(self, company, today):
        """Instalments in force that are not paid and whose next reminder has come."""
        soon = today + timedelta(days=company.contract_remind_before)
        late = today - timedelta(days=company.contract_remind_after)
        never = Domain("reminder_date", "=", False)
        before = Domain("due_date", ">=", today) & Domain("due_date", "<=", soon)
        after = Domain("due_date", "<", today) & Domain("due_date", "<=", late)
        # the first reminder after the day comes also when there was one before it
        first_late = self._get_first_late_domain()
        again = Domain.FALSE
        if company.contract_remind_every:
            since = today - timedelta(days=company.contract_remind_every)
            again = Domain("reminder_date", "<=", since)
        return (
            self._get_company_domain(company)
            & self._get_in_force_domain()
            & Domain("state", "!=", "paid")
            & ((before & never) | (after & (never | first_late | again)))
        )

    @api.model
    def _get_first_late_domain(self):
        """The last reminder was before the day."""
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s <= %s",
                model._field_to_sql(alias, "reminder_date", query),
                model._field_to_sql(alias, "due_date", query),
            )
        )

    @api.model
    def _close_reminders(self):
        """What is paid or not in force needs no reminder any more."""
        done = self.search(
            Domain("activity_ids.activity_type_id", "=", self.env.ref(ACTIVITY).id)
            & (Domain("state", "=", "paid") | ~self._get_in_force_domain())
        )
        done.activity_unlink([ACTIVITY])

    def _get_today(self):
        return local_date(self.env.cr.now(), self._get_company())
