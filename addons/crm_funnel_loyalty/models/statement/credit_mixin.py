from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...groups import is_sales_manager

CREDIT_FIELDS = {"credit_user_id", "credit_team_id"}


class SalesCreditMixin(models.AbstractModel):
    """Whose sale a document is: the salesperson and the team of that moment.

    SPECIFICATION
    - Set when the order is confirmed or the invoice is posted; who takes the customer
      over later does not take the commission along (003.24).
    - A document that is a draft again has none: it is noted anew when it is confirmed
      or posted again, also where a sales manager had changed it.
    - Who sells in a team does not leave it by leaving the document's team empty.
    - Documents from before the addon have none: their present salesperson counts.
    - Only sales managers change it, and what they change is written in the chatter.
    """

    _name = "crm.sales.credit.mixin"
    _description = "Credit for a Sale"

    credit_user_id = fields.Many2one(
        "res.users",
        string="Sold By",
        copy=False,
        readonly=True,
        tracking=True,
        help="Whose commission, target and place on the board this counts for.",
    )
    credit_team_id = fields.Many2one(
        "crm.team",
        string="Sold By Team",
        copy=False,
        readonly=True,
        tracking=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Whose sale it is says the confirmation, or a sales manager."""
        defaults = {f"default_{name}" for name in CREDIT_FIELDS}
        given = (*vals_list, self.env.context)
        if any((CREDIT_FIELDS | defaults) & one.keys() for one in given):
            self._check_may_credit()
        return super().create(vals_list)

    def write(self, vals):
        """Whose sale it is says the confirmation, or a sales manager."""
        if CREDIT_FIELDS & vals.keys():
            self._check_may_credit()
        return super().write(vals)

    def _check_may_credit(self):
        if not is_sales_manager(self.env):
            raise AccessError(
                self.env._("Only sales managers change whose sale a document is.")
            )

    def _set_credit(self):
        """Note whose sale each document is, unless that is known.

        COST: one UPDATE for each pair of salesperson and team.
        """
        # sudo: the system's right to look where a document comes from, and to note it
        open_documents = self.sudo().filtered(lambda one: not one.credit_user_id)
        for (user, team), documents in open_documents.grouped(
            lambda one: one._get_credit()
        ).items():
            documents.write({"credit_user_id": user.id, "credit_team_id": team.id})

    def _clear_credit(self):
        """Forget whose sale it was: the document begins anew."""
        credited = self.filtered("credit_user_id")
        # sudo: the system's right to note it, taken back as well
        credited.sudo().write({"credit_user_id": False, "credit_team_id": False})

    def _get_credit(self):
        """:return: the salesperson and the team of this moment"""
        raise NotImplementedError

    def _get_home_team(self, user):
        """:return: the main team of a salesperson in the company of the document"""
        return (user.sale_team_id | user.crm_team_ids).filtered(
            lambda team: not team.company_id or team.company_id == self.company_id
        )[:1]
