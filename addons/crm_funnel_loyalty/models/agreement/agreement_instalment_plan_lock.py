from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...tools import is_change, pick
from .instalment_batch import InstalmentBatch


class AgreementInstalment(models.Model):
    """Who changes which instalment when; every change adds the contract up again."""

    _inherit = "agreement.instalment"

    @api.model_create_multi
    def create(self, vals_list):
        """Instalments are planned in contracts that are not signed yet."""
        defaults = self.default_get(list(self._get_system_fields()))
        self._check_plan_values([*vals_list, defaults])
        agreements = self.env["agreement"].browse(
            {vals.get("agreement_id") for vals in vals_list} - {None, False}
        )
        agreements._check_can_plan()
        for vals in vals_list:
            if vals.get("amount"):
                vals.pop("percent", None)
            else:
                agreement = agreements.browse(vals.get("agreement_id"))
                share = agreement.amount * (vals.pop("percent", 0.0) or 0.0) / 100
                vals["amount"] = agreement.currency_id.round(share) if share else 0.0
        parts = super().create(vals_list)
        parts._add_up(parts.agreement_id)
        return parts

    def write(self, vals):
        """Keep what is signed or invoiced."""
        self._check_plan_values([vals])
        if not vals.keys() & self._get_plan_fields():
            return super().write(vals)
        if self._is_new_plan(vals):
            self.agreement_id._check_can_plan()
            if vals.keys() & {"amount", "percent", "agreement_id"}:
                self._check_amount_free()
        if "amount" in vals:
            vals = {name: value for name, value in vals.items() if name != "percent"}
        if "due_date" in vals:
            # another day, and the reminders start anew
            vals = {**vals, "reminder_date": False}
        agreements = self.agreement_id
        result = super().write(vals)
        (agreements | self.agreement_id)._check_can_plan()
        self._add_up(agreements | self.agreement_id)
        return result

    def unlink(self):
        """What goes is taken over by the last one."""
        agreements = self.agreement_id
        agreements._check_can_plan()
        self._check_amount_free()
        result = super().unlink()
        self._add_up(agreements)
        return result

    @api.model
    def _get_plan_fields(self):
        return {"agreement_id", "due_date", "amount", "percent", "sequence", "name"}

    @api.model
    def _get_system_fields(self):
        """What the buttons and the system write: it follows from what happens."""
        computed = {
            name
            for name, field in self._fields.items()
            if field.compute and field.store and field.readonly
        }
        return computed | {
            "invoice_id",
            "reminder_date",
            "reminder_error",
            "reminder_touch_id",
        }

    def _check_plan_values(self, vals_list):
        if self.env.su:
            return
        asked = set().union(*vals_list) & self._get_system_fields()
        if asked:
            raise AccessError(
                self.env._(
                    "Status, invoice and reminders of an instalment follow from what "
                    "happens; they cannot be set by hand."
                )
            )

    def _is_new_plan(self, vals):
        asked = pick(vals, self._get_plan_fields())
        return any(is_change(part, asked) for part in self)

    def _check_amount_free(self):
        for part in self:
            if part._has_live_invoice():
                raise UserError(
                    self.env._(
                        "“%(name)s” is invoiced already; its amount stays. Cancel or "
                        "credit its invoice first.",
                        name=part.display_name,
                    )
                )

    def _add_up(self, agreements):
        batch = InstalmentBatch.of(self.env)
        if batch:
            batch.ids.update(agreements.ids)
        else:
            agreements._balance_instalments()
