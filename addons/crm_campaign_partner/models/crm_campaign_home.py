from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..services import rollup

DAYS = 14
# Whoever has done less than this part of what the campaign's days call for is behind.
BEHIND = 0.8


class CrmCampaignHome(models.Model):
    """The first look at a campaign: how is it going, who is behind, what is next.

    FUNNEL: members > contacted > answered > positive > opportunities > orders, each
    with its share of the step before. Sub-campaigns are included everywhere.

    PEOPLE: who has whom, and is behind: with calls that are overdue, or with clearly
    less done than the part of the campaign's days that is gone. Whoever runs the
    campaign sees everybody; whoever only calls sees himself.

    COST: a fixed number of queries, whatever the number of members.
    """

    _inherit = "crm.campaign"

    def get_home(self):
        """What the first look shows.

        :return: dict of ``funnel`` (list of ``key, name, count, rate``), ``people``
            (list of dicts), ``answers`` (list of ``id, name, count, positive``),
            ``days`` (list of ``label, count``), ``todo`` (dict of counts) and ``gone``
            (part of the campaign's days, 0 to 1, None without an end)
        :raises AccessError: for whoever has no part in the campaign
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: borrows the campaign manager's right, to count; whoever may see a
        # campaign sees its sums, as in crm_campaign_figures
        campaign = self.sudo()
        tree = campaign._get_tree()
        members = Domain("campaign_id", "in", tree.ids)
        mine = Domain.TRUE
        if not self.user_is_organiser and not self.env.user.has_group(
            "crm_campaign_partner.group_campaign_manager"
        ):
            mine = Domain("user_id", "=", self.env.uid)
        gone = campaign._get_part_gone()
        return {
            "funnel": campaign._get_funnel(tree, members),
            "people": campaign._get_people(members & mine, gone),
            "answers": campaign._get_answers(members),
            "days": campaign._get_days(members),
            "todo": campaign._get_todo(members & mine),
            "gone": gone,
        }

    def action_view_home_members(self, key, record_id=False):
        """Open the members behind a figure of the first look.

        :param key: ``overdue``, ``today``, ``untouched``, ``contacted``, ``answered``,
            ``positive``, ``person`` or ``answer`` (both with the id)
        :return: the action
        """
        self.ensure_one()
        domain = self._get_home_domains(record_id).get(key, Domain.TRUE)
        return self._get_members_action(domain)

    @api.model
    def _get_home_domains(self, record_id):
        today = fields.Date.context_today(self)
        still_open = Domain("state", "!=", "done")
        return {
            "overdue": still_open & Domain("next_date", "<", today),
            "today": still_open & Domain("next_date", "=", today),
            "untouched": Domain("state", "=", "todo"),
            "contacted": Domain("state", "!=", "todo"),
            "answered": Domain("result_id", "!=", False),
            "positive": Domain("result_id.is_positive", "=", True),
            "person": Domain("user_id", "=", record_id),
            "answer": Domain("result_id", "=", record_id),
        }

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def _get_part_gone(self):
        """:return: how much of the campaign's days is gone, 0 to 1, or None"""
        if not self.date_begin or not self.date_end:
            return None
        today = fields.Date.context_today(self)
        days = (self.date_end - self.date_begin).days + 1
        return min(max(((today - self.date_begin).days + 1) / days, 0.0), 1.0)

    def _get_funnel(self, tree, members):
        answered = self.env["crm.campaign.member"].search_count(
            members & Domain("result_id", "!=", False)
        )
        orders = self.env["sale.order"].search_count(
            [
                ("campaign_id", "in", tree.utm_campaign_id.ids),
                ("company_id", "in", tree.company_id.ids),
                ("state", "=", "sale"),
            ]
        )
        steps = [
            ("members", self.env._("Customers"), self.member_count),
            ("contacted", self.env._("Contacted"), self.contacted_count),
            ("answered", self.env._("Answered"), answered),
            ("positive", self.env._("Positive"), self.positive_count),
            ("opportunities", self.env._("Opportunities"), self.opportunity_count),
            ("orders", self.env._("Orders"), orders),
        ]
        before = [None, *(count for __, __, count in steps)]
        return [
            {
                "key": key,
                "name": name,
                "count": count,
                "rate": rollup.rate(count, last) if last else None,
            }
            for (key, name, count), last in zip(steps, before, strict=False)
        ]

    def _get_people(self, members, gone):
        """:return: list of dicts, who is furthest behind first"""
        today = fields.Date.context_today(self)
        overdue = dict(
            self.env["crm.campaign.member"]._read_group(
                members
                & Domain("state", "!=", "done")
                & Domain("next_date", "<", today),
                ["user_id"],
                ["__count"],
            )
        )
        people = {}
        for user, state, result, count in self.env["crm.campaign.member"]._read_group(
            members, ["user_id", "state", "result_id"], ["__count"]
        ):
            person = people.setdefault(
                user, {"assigned": 0, "contacted": 0, "done": 0, "positive": 0}
            )
            person["assigned"] += count
            person["contacted"] += count if state != "todo" else 0
            person["done"] += count if state == "done" else 0
            person["positive"] += count if result.is_positive else 0
        return sorted(
            (
                self._prepare_person(user, person, overdue.get(user, 0), gone)
                for user, person in people.items()
            ),
            key=lambda one: (not one["behind"], one["rate"], one["name"]),
        )

    def _prepare_person(self, user, person, overdue, gone):
        rate = rollup.rate(person["contacted"], person["assigned"])
        is_running = self.state == "running"
        return {
            **person,
            "id": user.id,
            "name": user.name or self.env._("Nobody"),
            "overdue": overdue,
            "rate": rate,
            "behind": is_running
            and bool(overdue or (gone is not None and rate < gone * BEHIND)),
        }

    def _get_answers(self, members):
        groups = self.env["crm.campaign.member"]._read_group(
            members & Domain("result_id", "!=", False), ["result_id"], ["__count"]
        )
        return [
            {
                "id": result.id,
                "name": result.name,
                "count": count,
                "positive": result.is_positive,
            }
            for result, count in sorted(groups, key=lambda group: group[0].sequence)
        ]

    def _get_days(self, members):
        """:return: how many were contacted on each of the last days"""
        today = fields.Date.context_today(self)
        first = today - timedelta(days=DAYS - 1)
        counts = dict(
            self.env["crm.campaign.member"]._read_group(
                members & Domain("contact_date", ">=", first),
                ["contact_date:day"],
                ["__count"],
            )
        )
        days = [first + timedelta(days=number) for number in range(DAYS)]
        return [
            {
                "label": format_date(self.env, day, date_format="d/M"),
                "count": counts.get(day, 0),
            }
            for day in days
        ]

    def _get_todo(self, members):
        domains = self._get_home_domains(False)
        counts = self.env["crm.campaign.member"].search_count
        return {
            key: counts(members & domains[key])
            for key in ("overdue", "today", "untouched")
        }
