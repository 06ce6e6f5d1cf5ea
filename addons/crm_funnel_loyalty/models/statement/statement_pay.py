"""What the sales of one period pay by one policy: lines for persons and teams.

Not a model, and no database: what goes in are ``Sale`` of one period.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from ...services.commission import (
    HUNDRED,
    ZERO,
    Carry,
    allot,
    round_money,
    split,
    to_decimal,
)

# Kinds of lines that follow documents, and so can be corrected later.
DOCUMENT_KINDS = ("sale", "rate", "team_share", "team_sale")


@dataclass
class Line:
    """A line of a statement before it is stored; money in company currency."""

    kind: str
    amount: Decimal
    base: Decimal = ZERO
    sale: object = None
    user_id: int | None = None
    bonus_id: int | None = None
    res_model: str | None = None
    res_id: int | None = None
    origin: object = None
    parts: list = field(default_factory=list)

    @property
    def group(self):
        """What is paid by the same rule: lines of a group are corrected together."""
        return (self.kind, self.sale.rate_id)


class StatementPay:
    """Lines by owner, of the sales of one period.

    An owner is ``("user", id)`` or ``("team", id)``.
    """

    def __init__(self, policy):
        self.step = to_decimal(policy.currency_id.rounding)
        self.bands = policy._get_bands("person")
        self.team_bands = policy._get_bands("team")
        self.share = to_decimal(policy.person_share)
        self.rates = {rate.id: to_decimal(rate.rate) for rate in policy.rate_ids}

    def get_lines(self, sales):
        """:param sales: list of ``Sale`` of one period, in their order
        :return: dict of owner to list of ``Line``"""
        lines = defaultdict(list)
        pot = defaultdict(list)
        for user_id, own in self._group(sales, "user_id").items():
            self._pay_person(user_id, own, lines, pot)
        for team_id, shares in pot.items():
            lines["team", team_id] += self._pay_share(sales, shares)
        if self.team_bands:
            for team_id, own in self._group(sales, "team_id").items():
                if team_id:
                    lines["team", team_id] += self._pay_team(own)
        return lines

    def _group(self, sales, name):
        groups = defaultdict(list)
        for sale in sales:
            groups[getattr(sale, name)].append(sale)
        return groups

    def _get_share(self, sale):
        """Percent of its commission that the person gets; all where no team is."""
        return self.share if sale.team_id else HUNDRED

    def _pay_person(self, user_id, sales, lines, pot):
        by_bands = [sale for sale in sales if sale.rate_id not in self.rates]
        documents = [(sale, sale.base, self._get_share(sale)) for sale in by_bands]
        owner = ("user", user_id)
        for one in allot(documents, self.bands, self.step):
            lines[owner].append(
                Line("sale", one.amount, one.base, one.key, user_id, parts=one.parts)
            )
            self._put(pot, one.key, one.full)
        carries = defaultdict(lambda: Carry(self.step))
        for sale in sales:
            if sale.rate_id in self.rates:
                full = sale.base * self.rates[sale.rate_id] / HUNDRED
                amount = carries[sale.rate_id].take(
                    full * self._get_share(sale) / HUNDRED
                )
                lines[owner].append(Line("rate", amount, sale.base, sale, user_id))
                self._put(pot, sale, full)

    def _put(self, pot, sale, full):
        """Put what the person does not get of a document into the team's pot."""
        rest = full * (HUNDRED - self._get_share(sale)) / HUNDRED
        if rest:
            pot[sale.team_id].append((sale, rest))

    def _pay_share(self, sales, shares):
        place = {sale: index for index, sale in enumerate(sales)}
        carry = Carry(self.step)
        return [
            Line("team_share", carry.take(rest), sale.base, sale, sale.user_id)
            for sale, rest in sorted(shares, key=lambda pair: place[pair[0]])
        ]

    def _pay_team(self, sales):
        documents = [
            (sale, sale.base, HUNDRED)
            for sale in sales
            if sale.rate_id not in self.rates
        ]
        return [
            Line(
                "team_sale",
                one.amount,
                one.base,
                one.key,
                one.key.user_id,
                parts=one.parts,
            )
            for one in allot(documents, self.team_bands, self.step)
        ]


def correct(now, known, home, step):
    """What has changed in a closed period since it was closed.

    The difference of each group is shared out over the documents whose revenue has
    changed, at one rate, so that corrections add up to what a new statement of that
    period would pay more or less.

    :param now: list of ``Line`` that the period would have today
    :param known: list of ``Line`` that were booked for it: those of the statement and
        all corrections since
    :param home: first day of that period
    :return: list of ``Line`` of kind ``correction``
    """
    groups = defaultdict(lambda: (defaultdict(lambda: [None, ZERO]), [ZERO]))
    for sign, lines in ((1, now), (-1, known)):
        for line in lines:
            documents, difference = groups[line.group]
            document = documents[line.sale.key]
            document[0] = line.sale if sign > 0 else document[0] or line.sale
            document[1] += sign * line.base
            difference[0] += sign * line.amount
    corrections = []
    for (kind, _rate_id), (documents, [difference]) in groups.items():
        changed = [(sale, base) for sale, base in documents.values() if base]
        if not changed and not difference:
            continue
        changed = changed or [(next(iter(documents.values()))[0], ZERO)]
        amounts = _share_out(difference, [base for _sale, base in changed], step)
        for (sale, base), amount in zip(changed, amounts, strict=True):
            corrections.append(
                Line(
                    "correction", amount, base, sale, sale.user_id, origin=(home, kind)
                )
            )
    return corrections


def _share_out(difference, bases, step):
    total = sum(bases, ZERO)
    if not total:
        return [difference] + [ZERO] * (len(bases) - 1)
    carry = Carry(step)
    amounts = [carry.take(difference * base / total) for base in bases]
    amounts[-1] += difference - sum(amounts, ZERO)
    return amounts


def deal_out(amount, members, how, leader_id, step):
    """What the members of a team get of what it has.

    :param members: dict of user id to revenue in the period
    :param how: ``fund``, ``equal``, ``revenue`` or ``leader``
    :return: dict of user id to amount; empty where it stays with the team
    """
    if how == "leader" and leader_id:
        return {leader_id: round_money(amount, step)}
    if how not in ("equal", "revenue") or not members:
        return {}
    ids = sorted(members)
    weights = [1 if how == "equal" else max(members[one], ZERO) for one in ids]
    return dict(zip(ids, split(amount, weights, step), strict=True))
