from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...services.distribution import deal


class CrmAdsDistributionRule(models.Model):
    """Who receives which data, and in what turns ("chia số").

    SPECIFICATION (002.23, 002.24)
    - The first active rule of the company, by ``sequence``, whose ``domain`` a data
      fits takes it; an empty domain takes all.
    - ``round_robin``: one each in turn. ``weighted``: the members' weights hold.
      ``least_loaded``: fewest open leads first, in relation to the weight.
      ``manual``: nothing is dealt by itself; a sale admin names the person.
    - ``previous_owner_first``: who was with a member before goes back to that member.
    - Who cannot receive (``_get_table``), lacks a skill or has reached the daily limit
      is passed over, and the log says so.
    - ``auto_transfer``: new data is dealt out by itself, by a cron that runs at once.
    - ``recall_minutes``: data not handled within so many minutes of working time is
      taken back, to ``recall_to``; 0: never.
    - This row is the one point of order: a distribution locks and updates it, so two
      at once take turns, and counts of equal weights differ by at most one.

    COST: per rule one lock, one count of the day, one write per member; the decision
    itself is plain arithmetic (``services.distribution``), the log one INSERT.
    """

    _name = "crm.ads.distribution.rule"
    _description = "Distribution Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    domain = fields.Char(
        string="Applies To", help="Leave empty to take all data of the company."
    )
    method = fields.Selection(
        [
            ("round_robin", "In turns"),
            ("weighted", "In turns, by weight"),
            ("least_loaded", "Who has the fewest open leads"),
            ("manual", "By hand"),
        ],
        required=True,
        default="round_robin",
    )
    previous_owner_first = fields.Boolean(
        default=True,
        help="A person who was with a member before goes back to that member.",
    )
    auto_transfer = fields.Boolean(
        string="Transfer by Itself",
        help="New data is dealt out at once, without anybody pressing the arrow.",
    )
    recall_minutes = fields.Integer(
        string="Take Back After (minutes)",
        help="Minutes of working time in which the salesperson has to call, write or"
        " move the lead. 0: data is never taken back.",
    )
    recall_to = fields.Selection(
        [("next", "The next person"), ("pool", "The pool")],
        string="Take Back To",
        required=True,
        default="next",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        check_company=True,
        help="The leads' team; empty: the salesperson's own team.",
    )
    member_ids = fields.One2many(
        "crm.ads.distribution.member", "rule_id", string="Members", copy=True
    )
    member_count = fields.Integer(compute="_compute_member_count")
    _recall_positive = models.Constraint(
        "CHECK(recall_minutes >= 0)", "The minutes cannot be negative."
    )
    last_user_id = fields.Many2one("res.users", readonly=True, copy=False)
    last_date = fields.Datetime(string="Last Used", readonly=True, copy=False)

    @api.depends("member_ids")
    def _compute_member_count(self):
        for rule in self:
            rule.member_count = len(rule.member_ids)

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            try:
                domain = rule._get_domain()
                self.env["crm.ads.data"].search(domain, limit=1)
            except (ValueError, SyntaxError, TypeError, KeyError) as error:
                raise ValidationError(
                    self.env._(
                        "The condition of rule %(rule)s cannot be read: %(error)s",
                        rule=rule.name,
                        error=error,
                    )
                ) from error

    def _get_domain(self):
        self.ensure_one()
        return Domain(literal_eval(self.domain or "[]"))

    @api.model
    def _match(self, records):
        """Give each data to the first rule that takes it.

        :param records: ``crm.ads.data``
        :return: dict of rule to its data; data that no rule takes is left out
        """
        matched = {}
        for company, rest in records.grouped("company_id").items():
            for rule in self.search([("company_id", "=", company.id)]):
                taken = rest.filtered_domain(rule._get_domain())
                if taken:
                    matched[rule] = taken
                    rest -= taken
                if not rest:
                    break
        return matched

    def _lock_pointer(self):
        """Take this rule's turn: waits for another distribution that is under way.

        Whoever waited then fails with a serialization error, because the other one
        has moved the pointer, and Odoo runs the request once more on what is true
        then: nothing is dealt twice.
        """
        self.ensure_one()
        # a conflict here is foreseen and retried: it is no error for the server's log
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_ads_distribution_rule WHERE id = %s FOR UPDATE",
                self.id,
            ),
            log_exceptions=False,
        )
        self.last_date = fields.Datetime.now()
        self.flush_recordset()
        self.member_ids.invalidate_recordset(["today_count"])

    def _decide(self, records, exclude_users=None, reason=None):
        """Decide who gets each of ``records`` and write it down.

        :param records: ``crm.ads.data`` that this rule takes
        :param exclude_users: ``res.users`` who get none of them
        :param reason: why this is decided, for the log; None: the rule's own turn
        :return: dict of user to the data that he or she gets; data for which nobody
            is free is left out
        """
        self.ensure_one()
        self._lock_pointer()
        seats, turns, skipped = self._deal(records, self.last_date, exclude_users)
        for seat in seats:
            seat.key.credit = seat.credit
        return self._log_turns(records, turns, skipped, reason)

    def _deal(self, records, moment, exclude_users=None):
        """The decision alone: nothing is written, so a dry run is this very code.

        :return: ``(seats, turns, skipped)``, see ``services.distribution.deal``
        """
        seats, skipped = self._get_table(moment, exclude_users)
        items = self._get_items(records)
        turns = deal(seats, items, least_loaded=self.method == "least_loaded")
        return seats, turns, skipped

    def _log_turns(self, records, turns, skipped, reason):
        decided = {}
        rows = []
        texts = {}
        for record, turn in zip(records, turns, strict=True):
            if not turn.key:
                continue
            user = turn.key.user_id
            decided.setdefault(user, []).append(record.id)
            if turn.skipped not in texts:
                passed = [[member.user_id.id, code] for member, code in turn.skipped]
                texts[turn.skipped] = skipped + passed
            covered = turn.covered.user_id if turn.covered else None
            rows.append(
                self._prepare_log_values(
                    record,
                    user,
                    texts[turn.skipped],
                    reason or self._get_turn_reason(turn),
                    covered,
                )
            )
        self.env["crm.ads.distribution.log"]._write_down(rows)
        if rows:
            self.last_user_id = rows[-1]["user_id"]
        return {user: records.browse(ids) for user, ids in decided.items()}

    def _get_turn_reason(self, turn):
        if turn.kind != "turn":
            return turn.kind
        if turn.covered:
            return "cover"
        return "least_loaded" if self.method == "least_loaded" else "turn"

    def _prepare_log_values(self, record, user, skipped, reason, covered=None):
        return {
            "data_id": record.id,
            "rule_id": self.id or None,
            "user_id": user.id,
            "covered_user_id": covered.id if covered else None,
            "reason": reason,
            "distributor_id": self.env.uid,
            "ad_id": record.ad_id.id,
            "company_id": record.company_id.id,
            "date": fields.Datetime.now(),
            "skipped": skipped or None,
        }

    def action_open_logs(self):
        """Open the decisions that this rule made."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_ads_data.action_crm_ads_distribution_log"
        )
        action["domain"] = [("rule_id", "=", self.id)]
        return action
