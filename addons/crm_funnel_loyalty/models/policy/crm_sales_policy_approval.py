from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare, format_date

from ...services import commission
from ...services.targets import get_months

# What may be written on an approved policy: the talk about it.
_ALWAYS_OPEN = ("message_", "activity_")
# What only the approval writes.
_PROTECTED = {"state", "approved_by_id", "approved_date", "version", "previous_id"}


class CrmSalesPolicyApproval(models.Model):
    """Approval, lock and versions of a policy (003.08)."""

    _inherit = "crm.sales.policy"

    @api.model_create_multi
    def create(self, vals_list):
        """A policy is made as a draft, whatever is asked for."""
        for vals in vals_list:
            self._check_unprotected(vals)
        self._check_unprotected(
            {name.removeprefix("default_") for name in self.env.context}
        )
        return super().create(vals_list)

    def write(self, vals):
        """What is approved is not written any more, but talked about."""
        self._check_unprotected(vals)
        if not all(name.startswith(_ALWAYS_OPEN) for name in vals):
            self._check_open()
        return super().write(vals)

    def _check_unprotected(self, names):
        if not self.env.su and not _PROTECTED.isdisjoint(names):
            raise AccessError(
                self.env._("A policy is approved by its button, not by hand.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_if_open(self):
        self._check_open()

    def action_approve(self):
        """Lock the policy: from its first day on, statements are computed by it.

        COST: one computation for each period from then on that has drafts.

        :raises UserError: with everything that is wrong with it
        """
        self.check_access("write")
        for policy in self:
            policy._check_open()
            faults = policy._get_faults()
            if faults:
                raise UserError(
                    self.env._(
                        "“%(policy)s” cannot be approved yet:\n%(faults)s",
                        policy=policy.name,
                        faults="\n".join(f"• {fault}" for fault in faults),
                    )
                )
            # sudo: the approval is the one way to these fields
            policy.sudo().write(
                {
                    "state": "approved",
                    "approved_by_id": self.env.uid,
                    "approved_date": fields.Datetime.now(),
                }
            )
            policy._renew_drafts()

    def _renew_drafts(self):
        """Bring the drafts into the periods of this policy: those that begin within
        one of them go, the others become it.

        COST: one computation for each of these periods.
        """
        # sudo: statements are written by their computation only
        statements = self.env["crm.sales.statement"].sudo()
        drafts = statements.search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_from", ">=", self.date_from),
                ("date_from", "<=", self._get_last_day()),
                ("state", "=", "draft"),
            ]
        )
        begins = {
            self._get_bounds(month)[0]
            for draft in drafts
            for month in get_months(draft.date_from, draft.date_to)
        }
        drafts.filtered(lambda draft: draft.date_from not in begins).unlink()
        for begin in sorted(begins):
            statements._generate(self.company_id, begin)

    def _get_last_day(self):
        """:return: the last day on which the policy holds"""
        later = self._get_siblings().filtered(
            lambda policy: policy.date_from > self.date_from
        )
        ends = [policy.date_from - timedelta(days=1) for policy in later]
        return min(ends, default=date(self.year, 12, 31))

    def _get_siblings(self):
        """:return: the other approved policies of the company and year"""
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("year", "=", self.year),
                ("state", "=", "approved"),
                ("id", "!=", self.id),
            ],
            order="date_from",
        )

    def _get_faults(self):
        """:return: list of texts that say what is wrong and what to do about it"""
        self.ensure_one()
        faults = [
            *self._get_band_faults("person", needed=True),
            *self._get_band_faults("team", needed=False),
        ]
        if self.kpi_ids and float_compare(self.kpi_weight, 100.0, 2):
            faults.append(
                self.env._(
                    "The weights of the KPIs add up to %s %%, not to 100 %%.",
                    f"{self.kpi_weight:g}",
                )
            )
        faults += self._get_sibling_faults()
        if self._has_twin():
            faults.append(
                self.env._(
                    "An approved policy holds from that day on already: make a new "
                    "version of it."
                )
            )
        if self._has_closed_statements():
            faults.append(
                self.env._(
                    "Statements from %s on are confirmed already: let the policy begin "
                    "after them.",
                    self.date_from,
                )
            )
        return faults

    def _get_sibling_faults(self):
        """What would pay the same sales twice within the year."""
        siblings = self._get_siblings()
        faults = []
        if any(policy.basis != self.basis for policy in siblings):
            faults.append(
                self.env._(
                    "Another revenue basis begins with a year: what is paid already "
                    "would be paid again."
                )
            )
        before = siblings.filtered(lambda policy: policy.date_from < self.date_from)
        after = siblings.filtered(lambda policy: policy.date_from > self.date_from)
        for earlier, later in ((before[-1:], self), (self, after[:1])):
            day = later.date_from
            if earlier and later and earlier._get_bounds(day)[0] != day:
                faults.append(
                    self.env._(
                        "“%(later)s” begins on %(day)s, within a period of "
                        "“%(earlier)s”: these sales would be paid twice. Choose "
                        "another first day or another period.",
                        later=later.name,
                        day=format_date(self.env, day),
                        earlier=earlier.name,
                    )
                )
        return faults

    def _get_band_faults(self, scope, needed):
        bands = self._get_bands(scope)
        if not bands and not needed:
            return []
        try:
            commission.check_bands(bands)
        except commission.BandError as error:
            return [self._get_band_fault(scope, error)]
        return []

    def _get_band_fault(self, scope, error):
        texts = {
            "empty": self.env._("There are no bands: add one that begins at 0."),
            "start": self.env._("The first band must begin at 0."),
            "gap": self.env._("There is a gap before band %s.", error.index + 1),
            "overlap": self.env._(
                "Band %s begins before the one before it has ended.", error.index + 1
            ),
            "order": self.env._("Band %s ends before it begins.", error.index + 1),
            "open": self.env._("Leave the end of the last band empty: it never ends."),
            "rate": self.env._(
                "The rate of band %s lies between 0 and 100 %%.", error.index + 1
            ),
        }
        text = texts[error.reason]
        return self.env._("Team's bands: %s", text) if scope == "team" else text

    def _has_twin(self):
        domain = [
            ("company_id", "=", self.company_id.id),
            ("date_from", "=", self.date_from),
            ("state", "=", "approved"),
        ]
        return bool(self.search_count(domain, limit=1))

    def _has_closed_statements(self):
        domain = [
            ("company_id", "=", self.company_id.id),
            ("date_from", ">=", self.date_from),
            ("state", "!=", "draft"),
        ]
        # sudo: that there are any is no secret to whoever approves
        return bool(
            self.env["crm.sales.statement"].sudo().search_count(domain, limit=1)
        )

    def action_new_version(self):
        """Make the next version, a draft that holds from the coming period on.

        :return: the action that opens it
        """
        self.ensure_one()
        self.check_access("write")
        begin = self._get_bounds(fields.Date.context_today(self))[1]
        if begin.year != self.year:
            begin = self._get_bounds(self.date_from)[1]
        if begin.year != self.year:
            begin = begin - relativedelta(years=1)
            begin = begin + relativedelta(month=12, day=1)
        latest = self.search(
            [("company_id", "=", self.company_id.id), ("year", "=", self.year)],
            order="version desc",
            limit=1,
        )
        version = self.copy({"date_from": begin, "year": self.year})
        # sudo: the number and the line of versions are the system's
        version.sudo().write({"version": latest.version + 1, "previous_id": self.id})
        return version._get_form_action()

    def copy_data(self, default=None):
        """Bands are two halves of one relation: they are copied here."""
        copies = super().copy_data(default)
        for policy, values in zip(self, copies, strict=True):
            for name in ("band_ids", "team_band_ids"):
                values[name] = [
                    fields.Command.create(band)
                    for band in policy[name].with_context(active_test=False).copy_data()
                ]
                for _command, _id, band in values[name]:
                    band.pop("policy_id", None)
        return copies

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_trial(self):
        """Open the trial: what the policy would have paid in a past period.

        :return: the action that opens the dialog
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Trial of %s", self.name),
            "res_model": "crm.sales.policy.trial",
            "view_mode": "form",
            "target": "new",
            "context": {"default_policy_id": self.id},
        }
