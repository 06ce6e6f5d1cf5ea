from datetime import timedelta

from odoo import fields, models

UNITS = [("hour", "working hours"), ("day", "working days")]


class CrmFunnelTier(models.Model):
    """How fast the tickets of a tier's customers are answered and solved (003.53).

    Times are working time of the company's calendar, its public holidays left out; a
    day has as many hours as the calendar says. A company without a calendar works day
    and night. 0: nothing is promised.
    """

    _inherit = "crm.funnel.tier"

    answer_time = fields.Float(
        string="First Answer Within",
        help="Working time in which tickets of these customers get their first answer. "
        "0: nothing is promised.",
    )
    answer_unit = fields.Selection(UNITS, required=True, default="hour")
    solve_time = fields.Float(
        string="Solved Within",
        help="Working time in which tickets of these customers are closed. "
        "0: nothing is promised.",
    )
    solve_unit = fields.Selection(UNITS, required=True, default="day")

    _check_promised_times = models.Constraint(
        "CHECK (answer_time BETWEEN 0 AND 365 AND solve_time BETWEEN 0 AND 365)",
        "A promised time is between 0 and 365.",
    )

    def _get_promised_end(self, kind, start, calendar, company):
        """Return by when a ticket of this tier is to be answered or solved.

        COST: reads the calendar, and the holidays once per two weeks of the promise.

        :param str kind: ``answer`` or ``solve``
        :param datetime start: when the customer asked, UTC
        :param calendar: ``resource.calendar``, maybe empty
        :param company: whose holidays count
        :return: UTC, or False where nothing is promised or nobody ever works
        """
        time, unit = self[f"{kind}_time"], self[f"{kind}_unit"]
        if not time:
            return False
        if not calendar:
            return start + timedelta(**{f"{unit}s": time})
        hours = time * {"hour": 1, "day": calendar.hours_per_day}[unit]
        holidays = [
            ("time_type", "=", "leave"),
            ("company_id", "in", [False, company.id]),
        ]
        return calendar.plan_hours(hours, start, compute_leaves=True, domain=holidays)
