from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .work_hours import WorkHours


class CrmAdsDistributionMember(models.Model):
    """A salesperson's seat in a distribution rule.

    SPECIFICATION (002.23, 002.24)
    - ``weight`` 2 gets twice as many as weight 1.
    - ``daily_cap``: most data this person gets from this rule per company day, 0 for
      no limit.
    - ``calendar_id``: the working shift; outside it, and on its leaves, this person is
      passed over. Without one every hour is working time.
    - ``skill_ids``: what this person can do, see ``crm.ads.skill``.
    - ``credit`` is where the turns stand (see ``services.distribution``); only the
      distribution itself moves it.
    """

    _name = "crm.ads.distribution.member"
    _description = "Distribution Member"
    _order = "rule_id, sequence, id"

    rule_id = fields.Many2one(
        "crm.ads.distribution.rule", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    receive_ads_data = fields.Boolean(related="user_id.receive_ads_data")
    weight = fields.Integer(default=1)
    daily_cap = fields.Integer(help="Most data per day; 0 for no limit.")
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Shift",
        index="btree_not_null",
        check_company=True,
        help="Working hours; empty: at any time.",
    )
    skill_ids = fields.Many2many("crm.ads.skill", string="Skills")
    credit = fields.Integer(readonly=True, copy=False)
    today_count = fields.Integer(string="Today", compute="_compute_today_count")

    _rule_user_uniq = models.UniqueIndex(
        "(rule_id, user_id)", "This person already has a seat in the rule."
    )
    _weight_positive = models.Constraint(
        "CHECK(weight > 0)", "The weight must be at least 1."
    )
    _cap_positive = models.Constraint(
        "CHECK(daily_cap >= 0)", "The daily limit cannot be negative."
    )

    @api.depends("rule_id", "user_id")
    def _compute_today_count(self):
        counts = {}
        for rule in self.rule_id:
            start = rule.company_id._get_ads_day_start(rule.company_id._get_ads_today())
            groups = self.env["crm.ads.distribution.log"]._read_group(
                [("rule_id", "=", rule.id), ("date", ">=", start)],
                ["rule_id", "user_id"],
                ["__count"],
            )
            counts.update({(rule, user): count for rule, user, count in groups})
        for member in self:
            member.today_count = counts.get((member.rule_id, member.user_id), 0)

    @api.constrains("user_id", "rule_id")
    def _check_user_company(self):
        for member in self:
            # sudo: the companies of a colleague are no secret to who deals data out
            if member.company_id not in member.user_id.sudo().company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s and cannot receive"
                        " its data.",
                        user=member.user_id.name,
                        company=member.company_id.name,
                    )
                )

    def _get_skip_reason(self, moment, hours=None):
        """Why this person gets nothing at ``moment``: a reason code, or None."""
        self.ensure_one()
        user = self.user_id
        if not user.active:
            return "archived"
        if not user.has_group("sales_team.group_sale_salesman"):
            return "not_salesperson"
        if not user.receive_ads_data:
            return "not_receiving"
        if user.ads_absent_until and user.ads_absent_until > moment:
            return "absent"
        if not self._is_working(moment, hours):
            return "off_shift"
        return None

    def _is_working(self, moment, hours=None):
        """Whether ``moment`` (naive UTC) lies within this person's shift.

        :param hours: ``WorkHours`` read before, where many people are asked for
        """
        self.ensure_one()
        hours = hours or WorkHours.around(moment)
        return hours.is_working(self.calendar_id, moment)

    def _get_work_minutes(self, start, stop):
        """Minutes of working time between two naive UTC moments.

        Without a shift every minute counts.
        """
        self.ensure_one()
        if not self.calendar_id:
            return max((stop - start).total_seconds() / 60, 0.0)
        return self.calendar_id.get_work_hours_count(start, stop) * 60

    def _get_room(self):
        """How many more today, or None for no limit."""
        self.ensure_one()
        if not self.daily_cap:
            return None
        return max(self.daily_cap - self.today_count, 0)
