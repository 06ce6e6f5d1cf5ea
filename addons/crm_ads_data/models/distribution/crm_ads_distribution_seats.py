from collections import defaultdict

from odoo import models

from ...services.distribution import Item, Seat
from .work_hours import WorkHours

OPEN_LEADS = [("won_status", "=", "pending"), ("active", "=", True)]


class CrmAdsDistributionRule(models.Model):
    """The table that a rule deals at: who sits there, what each data needs.

    SPECIFICATION (002.23, 002.24, N11)
    - Passed over: archived users, people without sales rights, with receiving switched
      off, outside the hours of their calendar (its leaves included), people whom the
      caller leaves out, and who is absent without anybody to cover.
    - Who is absent and has a cover in the same rule keeps the turn; the cover gets it.

    COST: a fixed number of queries, plus one for each calendar.
    """

    _inherit = "crm.ads.distribution.rule"

    def _get_table(self, moment, exclude_users=None, ignore=()):
        """The seats of those who can receive at ``moment``, and who is passed over.

        :param moment: naive UTC
        :param exclude_users: ``res.users`` who get nothing this time
        :param ignore: reason codes that keep nobody away
        :return: ``(list of Seat, list of [user id, reason code])``; a seat's key is the
            ``crm.ads.distribution.member``
        """
        self.ensure_one()
        excluded = exclude_users or self.env["res.users"]
        hours = WorkHours.around(moment)
        reasons = {
            member: "excluded"
            if member.user_id in excluded
            else member._get_skip_reason(moment, hours)
            for member in self.member_ids
        }
        reasons = {
            member: None if reason in ignore else reason
            for member, reason in reasons.items()
        }
        here = {
            member.user_id: member for member, reason in reasons.items() if not reason
        }
        loads = self._get_loads(here)
        seats = []
        skipped = []
        for member, reason in reasons.items():
            cover = here.get(member.user_id.ads_cover_user_id)
            if reason and not (reason == "absent" and cover):
                skipped.append([member.user_id.id, reason])
                continue
            seats.append(
                Seat(
                    member,
                    weight=member.weight if self.method != "round_robin" else 1,
                    credit=member.credit,
                    room=member._get_room(),
                    load=loads.get(member.user_id, 0),
                    skills=frozenset(member.skill_ids.ids),
                    cover=cover if reason else None,
                )
            )
        return seats, skipped

    def _get_loads(self, users):
        """How many open leads each person has now; asked only where it decides."""
        if self.method != "least_loaded":
            return {}
        # sudo: how many leads colleagues have open decides, not what stands in them
        leads = self.env["crm.lead"].sudo()
        users = self.env["res.users"].union(*users)
        groups = leads._read_group(
            [("user_id", "in", users.ids), *OPEN_LEADS], ["user_id"], ["__count"]
        )
        return dict(groups)

    def _get_items(self, records):
        """What each of ``records`` needs, and the seat it belongs to by its past."""
        owners = self._get_previous_owners(records)
        members = {member.user_id: member for member in self.member_ids}
        regions = defaultdict(set)
        for skill in self.env["crm.ads.skill"].search([("kind", "=", "region")]):
            for state in skill.state_ids:
                regions[state].add(skill.id)
        needs = {}
        items = []
        for record in records:
            key = (record.ad_id, record.state_id)
            if key not in needs:
                ad, state = key
                needs[key] = frozenset(ad.skill_ids.ids) | regions.get(state, set())
            items.append(Item(needs[key], members.get(owners.get(record))))
        return items

    def _get_previous_owners(self, records):
        """With whom each person was before: dict of data to ``res.users``."""
        if not self.previous_owner_first:
            return {}
        phones = {
            phone
            for data in records
            for phone in (data.phone_key, data.phone2)
            if phone
        }
        emails = {data.email for data in records if data.email and not data.phone_key}
        known = self.env["crm.ads.data"]._find_known(self.company_id, phones, emails)
        users = self.env["res.users"]
        found = {}
        for data in records:
            for key in (data.phone_key, data.phone2, data.email):
                entry = known.get(key)
                if entry and entry["user_id"]:
                    found[data] = users.browse(entry["user_id"])
                    break
        return found
