from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class LoyaltyProgram(models.Model):
    """Program whose cards are the membership cards (capabilities 004.27, 004.32).

    SPECIFICATIONS
    * A company has one membership program, its own or one that all companies share. It
      is a loyalty program of core: its rules say what gives points, its rewards what
      points buy. Only members collect on it.
    * Points last ``point_lifetime_months`` after the day they were gained (0: always).
      ``point_warn_days`` before that the salesperson is told.
    * ``referral_points`` thank a customer who brought another one that buys.

    COST: which program is whose is kept in the registry's cache.
    """

    _inherit = "loyalty.program"

    is_membership = fields.Boolean(
        string="Membership Cards",
        copy=False,
        help="Customers who reach a tier that makes members get a card of this "
        "program.",
    )
    point_lifetime_months = fields.Integer(
        string="Points Last (months)",
        default=12,
        help="So long after they were gained points expire. 0: never.",
    )
    point_warn_days = fields.Integer(
        string="Warn Before They Expire (days)",
        default=30,
        help="So many days before points expire the salesperson gets an activity. "
        "0: no warning.",
    )
    referral_points = fields.Float(
        string="Points for a Referral",
        help="What a customer gets when somebody he brought buys for the first time.",
    )

    _membership_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE is_membership AND active",
        "This company has a membership program already.",
    )
    _check_membership_figures = models.Constraint(
        "CHECK (COALESCE(point_lifetime_months, 0) >= 0"
        " AND COALESCE(point_warn_days, 0) >= 0"
        " AND COALESCE(referral_points, 0) >= 0)",
        "Months, days and points of the membership cannot be negative.",
    )

    @api.constrains("is_membership", "program_type", "applies_on")
    def _check_membership_type(self):
        for program in self.filtered("is_membership"):
            if program.program_type != "loyalty" or program.applies_on != "both":
                raise ValidationError(
                    self.env._(
                        "“%(program)s” cannot be the membership program: choose the "
                        "type “Loyalty Cards” and points for current and future "
                        "orders.",
                        program=program.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Which program is whose is read anew."""
        programs = super().create(vals_list)
        self.env.registry.clear_cache()
        return programs

    def write(self, vals):
        """Which program is whose is read anew."""
        result = super().write(vals)
        if vals.keys() & {"is_membership", "active", "company_id"}:
            self.env.registry.clear_cache()
        if vals.get("is_membership") or vals.get("active"):
            self.filtered("is_membership")._adopt_cards()
        return result

    def unlink(self):
        """Which program is whose is read anew."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def action_open_membership(self):
        """Open the membership program of the company; make it the first time.

        :raises AccessError: for whoever may not keep programs
        """
        if not self.has_access("write"):
            raise AccessError(
                self.env._("Ask a sales manager to set up the membership program.")
            )
        # sudo: a program makes the product of its reward, which a sales manager may
        # not make; whether he may keep programs has been checked
        program = self._get_membership(self.env.company) or self.sudo().create(
            self._prepare_membership(self.env.company)
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": program.id,
            "view_mode": "form",
            "views": [(self.env.ref("loyalty.loyalty_program_view_form").id, "form")],
        }

    def action_issue_cards(self):
        """Have cards made in the background for every customer who is on a tier that
        makes members and has none."""
        self.check_access("write")
        # sudo: whoever keeps the program may start the job that serves it
        cron = self.env.ref("crm_funnel_loyalty.ir_cron_membership").sudo()
        cron._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The cards are being made. Look at “Members” in a minute."
                ),
            },
        }

    def _adopt_cards(self):
        """Cards that the program has given out already are membership cards now: one
        of each customer (as ``loyalty.card._choose_member_cards`` says).

        COST: one statement."""
        self.env["loyalty.card"].flush_model()
        self.env.execute_query(
            SQL(
                """
                UPDATE loyalty_card card SET member_since = card.create_date::date
                  FROM (
                        SELECT DISTINCT ON (program_id, partner_id) id
                          FROM loyalty_card
                         WHERE program_id = ANY(%s) AND active
                           AND partner_id IS NOT NULL
                      ORDER BY program_id, partner_id, member_since IS NULL,
                               COALESCE(points, 0) DESC, id
                       ) chosen
                 WHERE card.id = chosen.id AND card.member_since IS NULL
             RETURNING card.id
                """,
                self.ids,
            )
        )
        self.env["loyalty.card"].invalidate_model(["member_since"])

    @api.model
    @tools.ormcache()
    def _get_membership_ids(self):
        """:return: the membership program's id by company id (False: of all)"""
        # sudo: which program is whose is the same for everybody
        programs = self.sudo().search([("is_membership", "=", True)])
        return {program.company_id.id: program.id for program in programs}

    @api.model
    def _get_membership(self, company):
        """:return: the membership program of the company, or none"""
        ids = self._get_membership_ids()
        # sudo: a branch uses its parent's program
        owners = (company.id, company.sudo().parent_id.id, False)
        return self.browse([ids[owner] for owner in owners if owner in ids][:1])

    def _get_served_companies(self):
        """:return: the companies that use this membership program, in sudo"""
        self.ensure_one()
        # sudo: which program is whose is the same for everybody
        owner = self.sudo().company_id
        domain = Domain("id", "=", owner.id) | Domain("parent_id", "=", owner.id)
        if not owner:
            domain = Domain("id", "not in", list(self._get_membership_ids()))
        companies = self.env["res.company"].sudo().search(domain)
        return companies.filtered(lambda c: self._get_membership(c) == self)

    @api.model
    def _prepare_membership(self, company):
        """One point for what is worth a hundred points: one per cent comes back."""
        unit = 100000 if company.currency_id.rounding >= 1 else 10
        return {
            **self._program_type_default_values()["loyalty"],
            "name": self.env._("Membership"),
            "program_type": "loyalty",
            "company_id": company.id,
            "is_membership": True,
            "portal_point_name": self.env._("points"),
            "rule_ids": [
                fields.Command.create(
                    {"reward_point_mode": "money", "reward_point_amount": 1 / unit}
                )
            ],
            "reward_ids": [
                fields.Command.create(
                    {
                        "reward_type": "discount",
                        "discount_mode": "per_point",
                        "discount": unit / 100,
                        "discount_applicability": "order",
                        "required_points": 10,
                    }
                )
            ],
        }
