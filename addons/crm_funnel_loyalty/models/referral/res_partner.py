from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...groups import SALES


class ResPartner(models.Model):
    """Customer in the tree of who brought whom (004.35).

    SPECIFICATIONS
    * Nobody is brought by somebody whom he has brought himself, near or far: such a
      circle is refused with the names in it. Customers count, not their contacts.
    * Counts: brought directly, of these bought, and the whole branch below.
    * Tier 7 follows from those who bought (see ``FunnelFacts``).

    COST: one statement for all counts, one for the circle, for any number of customers.
    """

    _inherit = "res.partner"

    referral_count = fields.Integer(
        string="Brought", compute="_compute_referral_counts", compute_sudo=True
    )
    referral_buyer_count = fields.Integer(
        string="Of These Bought", compute="_compute_referral_counts", compute_sudo=True
    )
    referral_branch_count = fields.Integer(
        string="Whole Branch", compute="_compute_referral_counts", compute_sudo=True
    )
    referral_reward_ids = fields.One2many(
        "crm.referral.reward",
        "referrer_id",
        string="Referral Rewards",
        groups=SALES,
    )

    @api.depends("referral_ids", "referral_ids.last_order_date", "parent_id")
    def _compute_referral_counts(self):
        counts = self._read_referral_counts()
        for partner in self:
            direct, buyers, branch = counts.get(
                partner.commercial_partner_id._origin.id, (0, 0, 0)
            )
            partner.referral_count = direct
            partner.referral_buyer_count = buyers
            partner.referral_branch_count = branch

    @api.constrains("referrer_id", "parent_id")
    def _check_referrer_circle(self):
        customers = self.filtered(
            lambda p: p.referrer_id or p.child_ids or p.parent_id
        ).commercial_partner_id
        if not customers:
            return
        self.flush_model(["referrer_id", "commercial_partner_id", "parent_id"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE above AS (
                    SELECT brought.commercial_partner_id AS start,
                           referrer.commercial_partner_id AS id
                      FROM res_partner brought
                      JOIN res_partner referrer ON referrer.id = brought.referrer_id
                     WHERE brought.commercial_partner_id = ANY(%s)
                     UNION
                    SELECT above.start, referrer.commercial_partner_id
                      FROM above
                      JOIN res_partner brought
                        ON brought.commercial_partner_id = above.id
                      JOIN res_partner referrer ON referrer.id = brought.referrer_id
                     WHERE above.id <> above.start
                )
                SELECT start FROM above WHERE id = start LIMIT 1
                """,
                customers.ids,
            )
        )
        if rows:
            # sudo: the name of a customer whom the user has just chosen
            customer = self.sudo().browse(rows[0][0])
            raise ValidationError(
                self.env._(
                    "%(name)s cannot be brought by %(referrer)s, because "
                    "%(referrer)s was brought, directly or through others, by "
                    "%(name)s.",
                    name=customer.display_name,
                    referrer=customer.referrer_id.display_name
                    or self[:1].referrer_id.display_name,
                )
            )

    def action_view_referrals(self):
        """Open the tree of those whom this customer brought."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id(
            "crm_funnel_loyalty.action_referral_tree"
        )
        action["params"] = {"partner_id": self.commercial_partner_id.id}
        action["name"] = self.env._("Brought by %s", self.display_name)
        return action

    def action_view_referral_rewards(self):
        """Open what this customer got for those he brought."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_referral_rewards"
        )
        action["domain"] = [("referrer_id", "=", self.commercial_partner_id.id)]
        action["context"] = {}
        return action

    def _may_be_referred_by(self, referrer):
        """Whether a lead may say that this customer was brought by the referrer."""
        self.ensure_one()
        return (
            not self.referrer_id
            and not self.last_order_date
            and referrer.commercial_partner_id != self
            and self not in referrer._get_referrers_above()
        )

    def _get_referrers_above(self):
        """:return: the customers above this one in the tree, in sudo"""
        self.ensure_one()
        # sudo: only whether there is a circle is asked
        above = self.sudo().browse()
        # sudo: as above
        customer = self.sudo().commercial_partner_id
        while customer and customer not in above:
            above |= customer
            customer = customer.referrer_id.commercial_partner_id
        return above

    def _read_referral_counts(self):
        """:return: by customer's id: brought directly, of these bought, whole branch"""
        ids = [pid for pid in self.commercial_partner_id._origin.ids if pid]
        if not ids:
            return {}
        self.env["res.partner"].flush_model(
            ["referrer_id", "commercial_partner_id", "last_order_date"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE below AS (
                    SELECT referrer.commercial_partner_id AS top,
                           brought.commercial_partner_id AS id, TRUE AS is_direct
                      FROM res_partner referrer
                      JOIN res_partner brought ON brought.referrer_id = referrer.id
                     WHERE referrer.commercial_partner_id = ANY(%s)
                     UNION
                    SELECT below.top, brought.commercial_partner_id, FALSE
                      FROM below
                      JOIN res_partner referrer
                        ON referrer.commercial_partner_id = below.id
                      JOIN res_partner brought ON brought.referrer_id = referrer.id
                )
                SELECT below.top,
                       count(DISTINCT below.id) FILTER (WHERE is_direct),
                       count(DISTINCT below.id) FILTER (
                           WHERE is_direct AND customer.last_order_date IS NOT NULL),
                       count(DISTINCT below.id)
                  FROM below
                  JOIN res_partner customer ON customer.id = below.id
                 WHERE below.id <> below.top
              GROUP BY below.top
                """,
                ids,
            )
        )
        return {row[0]: tuple(row[1:]) for row in rows}
