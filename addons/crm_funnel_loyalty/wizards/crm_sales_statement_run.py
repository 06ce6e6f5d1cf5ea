from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError

from ..models.statement.crm_sales_statement import PAYERS


class CrmSalesStatementRun(models.TransientModel):
    """Computes the statements of a period on demand."""

    _name = "crm.sales.statement.run"
    _description = "Computation of Statements"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        string="Period of",
        required=True,
        default=lambda self: (
            fields.Date.context_today(self)
            + relativedelta(day=1)
            - relativedelta(days=1)
        ),
    )

    def action_run(self):
        """Compute the drafts of the period.

        :return: the action that lists its statements
        """
        self.ensure_one()
        self.check_access("write")
        if not any(self.env.user.has_group(group) for group in PAYERS):
            raise AccessError(
                self.env._("Sales managers and accountants compute statements.")
            )
        statements = self.env["crm.sales.statement"]._generate(
            self.company_id, self.date
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_funnel_loyalty.action_sales_statements"
        )
        return action | {"domain": [("id", "in", statements.ids)]}
