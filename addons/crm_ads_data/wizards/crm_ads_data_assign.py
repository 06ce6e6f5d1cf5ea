from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

ASSIGNABLE = ("new", "pool", "transferred")


class CrmAdsDataAssign(models.TransientModel):
    """Deal data out by hand: the sale admin names the person (002.24).

    SPECIFICATION
    - Takes new data, data of the pool and data that somebody else has; duplicates and
      invalid data stay where they are, and the answer says how many.
    - The person has to work in the data's company and to receive data; the decision is
      logged with who made it.
    """

    _name = "crm.ads.data.assign"
    _description = "Assign Data"

    data_ids = fields.Many2many(
        "crm.ads.data",
        default=lambda self: [Command.set(self.env.context.get("active_ids", []))],
    )
    data_count = fields.Integer(compute="_compute_data_count")
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        required=True,
        domain="[('share', '=', False), ('receive_ads_data', '=', True)]",
    )

    @api.depends("data_ids.state")
    def _compute_data_count(self):
        for wizard in self:
            wizard.data_count = len(wizard._get_assignable())

    def _get_assignable(self):
        return self.data_ids.filtered(lambda data: data.state in ASSIGNABLE)

    def action_assign(self):
        """Give the data to the person.

        :raise AccessError: when a person without the right to deal out tries it
        :raise UserError: when the person cannot receive, or nothing can be given
        """
        self.ensure_one()
        if not self.env.user.has_group("crm_ads_data.group_distributor"):
            raise AccessError(self.env._("Only sale admins deal data out by hand."))
        data = self._get_assignable()
        data.check_access("write")
        self._check_person(data)
        # sudo: leads and activities are made for the salesperson; see the check above
        locked = data.sudo()._lock_waiting(ASSIGNABLE)
        locked = locked.filtered(lambda one: one.user_id != self.user_id)
        if not locked:
            raise UserError(
                self.env._(
                    "Nothing to assign: %(name)s has these data already, or they are"
                    " duplicate or invalid.",
                    name=self.user_id.name,
                )
            )
        locked._assign_to(self.user_id, "manual")
        return data._get_transfer_notification(locked)

    def _check_person(self, data):
        # sudo: the companies of a colleague are no secret to who deals data out
        user = self.user_id.sudo()
        foreign = data.company_id - user.company_ids
        if foreign:
            raise UserError(
                self.env._(
                    "%(user)s does not work in %(company)s and cannot receive its"
                    " data.",
                    user=user.name,
                    company=foreign[0].name,
                )
            )
        if not user.active or not user.receive_ads_data:
            raise UserError(
                self.env._("%(user)s does not receive data now.", user=user.name)
            )
        if not user.has_group("sales_team.group_sale_salesman"):
            raise UserError(self.env._("%(user)s is no salesperson.", user=user.name))
