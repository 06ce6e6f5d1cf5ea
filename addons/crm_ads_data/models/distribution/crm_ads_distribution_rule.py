from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...services.distribution import Seat, deal


class CrmAdsDistributionRule(models.Model):
    """Who receives which data, and in what turns ("chia số").

    SPECIFICATION (002.23, 002.24)
    - The first active rule of the company, by ``sequence``, whose ``domain`` a data
      fits takes it; an empty domain takes all.
    - ``round_robin``: one each in turn. ``weighted``: the members' weights hold.
    - Archived users, people who switched receiving off, who lost their sales rights
      or reached their daily limit are passed over, and the log says so.
    - This row is the one point of order: a distribution locks and updates it, so two
      at once take turns, and counts of equal weights differ by at most one.

    COST: per rule one lock, one count of the day, one write per member; the decision
    itself is plain arithmetic, the log one INSERT per batch.
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
        [("round_robin", "In turns"), ("weighted", "In turns, by weight")],
        required=True,
        default="round_robin",
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

    def _decide(self, records):
        """Decide who gets each of ``records`` and write it down.

        :param records: ``crm.ads.data`` that this rule takes
        :return: dict of user to the data that he or she gets; data for which nobody
            is free is left out
        """
        self.ensure_one()
        self._lock_pointer()
        skipped = []
        seats = []
        for member in self.member_ids:
            reason = member._get_skip_reason()
            if reason:
                skipped.append([member.user_id.id, reason])
                continue
            weight = member.weight if self.method == "weighted" else 1
            room = member._get_room()
            seats.append(Seat(member, weight, member.credit, room))
        turns = deal(seats, len(records))
        for seat in seats:
            seat.key.credit = seat.credit
        return self._log_turns(records, turns, skipped)

    def _log_turns(self, records, turns, skipped):
        decided = {}
        logs = []
        full_codes = {}
        for record, turn in zip(records, turns, strict=True):
            if not turn.key:
                continue
            user = turn.key.user_id
            decided.setdefault(user, []).append(record.id)
            if turn.full not in full_codes:
                full = [[member.user_id.id, "full"] for member in turn.full]
                full_codes[turn.full] = skipped + full
            logs.append(self._prepare_log_values(record, user, full_codes[turn.full]))
        self.env["crm.ads.distribution.log"].create(logs)
        if logs:
            self.last_user_id = logs[-1]["user_id"]
        return {user: records.browse(ids) for user, ids in decided.items()}

    def _prepare_log_values(self, record, user, skipped):
        return {
            "data_id": record.id,
            "rule_id": self.id,
            "user_id": user.id,
            "distributor_id": self.env.uid,
            "ad_id": record.ad_id.id,
            "company_id": self.company_id.id,
            "date": self.last_date,
            "skipped": skipped or False,
        }

    def action_open_logs(self):
        """Open the decisions that this rule made."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_ads_data.action_crm_ads_distribution_log"
        )
        action["domain"] = [("rule_id", "=", self.id)]
        return action
