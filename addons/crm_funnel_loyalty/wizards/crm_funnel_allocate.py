from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CrmFunnelAllocate(models.TransientModel):
    """The sale admin gives customers to a person or to a group (004.04).

    SPECIFICATIONS
    * The chosen customers, at most ``LIMIT`` at once, get one salesperson each: the
      people take turns, starting with whoever has the fewest customers. A team stands
      for its members.
    * Customers that have somebody are left alone unless ``reassign`` is ticked. What
      changed is in each customer's chatter, as core tracks it; nobody is written to
      for each customer.

    COST: one write per person, whatever the number of customers, and core's tracking.
    """

    _name = "crm.funnel.allocate"
    _description = "Allocation of Customers"

    LIMIT = 5000

    partner_ids = fields.Many2many(
        "res.partner", default=lambda self: self._default_partner_ids()
    )
    partner_count = fields.Integer(
        string="Customers Chosen", compute="_compute_partner_count"
    )
    owned_count = fields.Integer(
        string="With a Salesperson", compute="_compute_partner_count"
    )
    team_id = fields.Many2one("crm.team", string="Group")
    user_ids = fields.Many2many(
        "res.users", string="People", domain="[('share', '=', False)]"
    )
    reassign = fields.Boolean(
        string="Take Away From Others",
        help="Also customers that have a salesperson get a new one.",
    )

    @api.model
    def _default_partner_ids(self):
        if self.env.context.get("active_model") != "res.partner":
            return False
        partners = self.env["res.partner"].browse(self.env.context.get("active_ids"))
        return [Command.set(partners.commercial_partner_id.ids)]

    @api.depends("partner_ids")
    def _compute_partner_count(self):
        for wizard in self:
            wizard.partner_count = len(wizard.partner_ids)
            wizard.owned_count = len(wizard.partner_ids.filtered("user_id"))

    @api.onchange("team_id")
    def _onchange_team_id(self):
        if self.team_id:
            self.user_ids = [Command.set(self.team_id.member_ids.ids)]

    def action_allocate(self):
        """Give the customers out; say how many went to whom."""
        self.ensure_one()
        self._check_allocation()
        people = self._sort_people()
        shares = dict.fromkeys(people, self.env["res.partner"])
        for number, partner in enumerate(self._get_customers()):
            shares[people[number % len(people)]] |= partner
        for user, partners in shares.items():
            partners.with_context(mail_auto_subscribe_no_notify=True).write(
                {"user_id": user.id}
            )
        return self._get_result_action(shares)

    def _check_allocation(self):
        if not self.user_ids:
            raise UserError(self.env._("Choose the people, or a group with members."))
        if not self.partner_ids:
            raise UserError(self.env._("Choose the customers in the list first."))
        if len(self.partner_ids) > self.LIMIT:
            raise UserError(
                self.env._(
                    "At most %(limit)s customers at once. Choose fewer of them.",
                    limit=self.LIMIT,
                )
            )
        if not self._get_customers():
            raise UserError(
                self.env._(
                    "All of these customers have a salesperson. Tick “Take Away From "
                    "Others” to give them to somebody else."
                )
            )

    def _get_customers(self):
        if self.reassign:
            return self.partner_ids
        return self.partner_ids.filtered(lambda partner: not partner.user_id)

    def _sort_people(self):
        """Whoever has the fewest customers comes first."""
        counts = dict(
            self.env["res.partner"]._read_group(
                [("user_id", "in", self.user_ids.ids)], ["user_id"], ["__count"]
            )
        )
        return self.user_ids.sorted(lambda user: (counts.get(user, 0), user.id))

    def _get_result_action(self, shares):
        told = ", ".join(
            f"{user.name}: {len(partners)}"
            for user, partners in shares.items()
            if partners
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Customers given out"),
                "message": told,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
