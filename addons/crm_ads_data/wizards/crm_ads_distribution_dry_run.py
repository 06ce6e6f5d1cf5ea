from collections import Counter, defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..models.distribution.work_hours import WorkHours
from ..services.distribution import deal

MOST_DATA = 50000


class CrmAdsDistributionDryRun(models.TransientModel):
    """What a rule would have done with the data of a period, before it is switched on.

    SPECIFICATION (N4)
    - Takes the data of the period that earlier rules leave and this rule's condition
      takes, in the order they came in, and deals them with the very code of the rule:
      turns, weights, daily limits, skills, and the shifts at the time each data came
      in. Data that came when nobody worked waits for whoever works next.
    - Nothing is written down and nobody is told; the rule may still be archived.
    - People are as they are today: who is archived or has switched receiving off gets
      nothing here either.

    COST: as the rule itself, plus one reading of each calendar for the whole period.
    """

    _name = "crm.ads.distribution.dry.run"
    _description = "Dry Run of a Distribution Rule"

    rule_id = fields.Many2one("crm.ads.distribution.rule", required=True, readonly=True)
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._default_month() - relativedelta(months=1),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: self._default_month() - relativedelta(days=1),
    )
    line_ids = fields.One2many(
        "crm.ads.distribution.dry.run.line", "run_id", readonly=True
    )
    data_count = fields.Integer(string="Data of the Period", readonly=True)
    left_count = fields.Integer(string="For Nobody", readonly=True)

    @api.model
    def _default_month(self):
        return self.env.company._get_ads_today().replace(day=1)

    def action_run(self):
        """Play the rule on the period and show who would have got what.

        :raise UserError: when the period holds too much, or no member can receive
        """
        self.ensure_one()
        self.rule_id.check_access("read")
        data = self._get_data()
        # sudo: who can receive, and with whom people were before; only counts are told
        seats, skipped = self._get_seats(self.rule_id.sudo())
        turns = self._play(data, seats)
        self.line_ids.unlink()
        self.write(
            {
                "data_count": len(data),
                "left_count": sum(not turn.key for turn in turns),
                "line_ids": [
                    Command.create(values)
                    for values in self._prepare_lines(data, turns, skipped)
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _get_data(self):
        """The data of the period that would have come to this rule, in their order."""
        rule = self.rule_id
        company = rule.company_id
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("state", "not in", ("invalid", "duplicate"))
            & Domain("date", ">=", company._get_ads_day_start(self.date_from))
            & Domain("date", "<", company._get_ads_day_start(self.date_to, days=1))
        )
        data = self.env["crm.ads.data"].search(
            domain, order="date, id", limit=MOST_DATA + 1
        )
        if len(data) > MOST_DATA:
            raise UserError(
                self.env._(
                    "The period holds more than %(limit)s data. Choose a shorter one.",
                    limit=MOST_DATA,
                )
            )
        rules = rule.search([("company_id", "=", company.id)])
        for other in rules:
            if (other.sequence, other.id) < (rule.sequence, rule.id):
                data -= data.filtered_domain(other._get_domain())
        return data.filtered_domain(rule._get_domain())

    def _play(self, data, seats):
        """The turns of the data, in their order."""
        # sudo: with whom people were before decides; only counts are told
        rule = self.rule_id.sudo()
        hours = self._get_hours(rule)
        items = dict(zip(data, rule._get_items(data.sudo()), strict=True))
        least_loaded = rule.method == "least_loaded"
        turns = {}
        for day, chunk in self._get_chunks(data, seats, hours):
            if day:
                for seat in seats:
                    seat.room = seat.key.daily_cap or None
                continue
            working, records = chunk
            present = [seat for seat in seats if seat.key in working]
            dealt = deal(present, [items[one] for one in records], least_loaded)
            turns.update(zip(records, dealt, strict=True))
        return [turns[one] for one in data]

    def _get_seats(self, rule):
        """The seats of all who take part, with nothing dealt yet; who is left out."""
        now = fields.Datetime.now()
        seats, skipped = rule._get_table(now, ignore=("off_shift", "absent"))
        for seat in seats:
            seat.credit = 0
            seat.load = 0
            seat.cover = None
        return seats, skipped

    def _get_hours(self, rule):
        company = rule.company_id
        return WorkHours(
            company._get_ads_day_start(self.date_from),
            company._get_ads_day_start(self.date_to, days=15),
        )

    def _get_chunks(self, data, seats, hours):
        """Data in order, cut where the day or the people at work change.

        :return: iterator of ``(day, None)`` when a company day begins, and of
            ``(None, (set of members at work, list of data))``
        """
        timezone = self.rule_id.company_id._get_ads_timezone()

        def at_work(one):
            return frozenset(
                seat.key
                for seat in seats
                if hours.is_working(seat.key.calendar_id, one.date)
            )

        def day_of(one):
            return fields.Datetime.context_timestamp(
                self.with_context(tz=str(timezone)), one.date
            ).date()

        held, day, working = [], None, frozenset()
        for one in data:
            now_working = at_work(one)
            if day_of(one) != day or now_working != working:
                if working and held:
                    yield None, (working, held)
                    held = []
                if day_of(one) != day:
                    day = day_of(one)
                    yield day, None
                working = now_working
            held.append(one)
        if held:
            # what came when nobody worked goes to whoever's shift begins next
            yield None, (working or frozenset(seat.key for seat in seats), held)

    def _prepare_lines(self, data, turns, skipped):
        got = Counter(turn.key.user_id for turn in turns if turn.key)
        really = Counter(one.user_id for one in data if one.user_id)
        reasons = defaultdict(Counter)
        for turn in turns:
            for member, code in turn.skipped:
                reasons[member.user_id][code] += 1
        for user_id, code in skipped:
            user = self.env["res.users"].browse(user_id)
            reasons[user][code] += len(turns)
        labels = self.env["crm.ads.distribution.log"]._get_skip_reasons()
        users = self.rule_id.member_ids.user_id | self.env["res.users"].union(*really)
        total = sum(got.values())
        return [
            {
                "user_id": user.id,
                "count": got[user],
                "share": got[user] / total if total else 0.0,
                "real_count": really[user],
                "skipped_text": ", ".join(
                    f"{labels.get(code, code)}: {count}"
                    for code, count in reasons[user].most_common()
                ),
            }
            for user in users
        ]
