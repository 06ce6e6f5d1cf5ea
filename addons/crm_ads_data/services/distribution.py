"""Dealing data out in turns: who gets the next one, and why.

Smooth weighted round robin: before each pick the credit of every seat that may take the
item grows by its weight; the seat with the highest credit gets the item and pays the
sum of those weights back. With equal weights this is plain round robin in seat order; a
weight of two gets twice as many, spread evenly, never in a row. The credits are the
pointer that the next call goes on from, and always add up to nothing.

>>> def keys(seats, items, **options):
...     return [turn.key for turn in deal(seats, items, **options)]
>>> seats = [Seat("lan"), Seat("hung"), Seat("minh")]
>>> keys(seats, [Item()] * 4)
['lan', 'hung', 'minh', 'lan']
>>> keys(seats, [Item()] * 2)  # goes on where it stopped
['hung', 'minh']

Twice the weight, a limit that is reached, nobody left:

>>> keys([Seat("a", weight=2), Seat("b"), Seat("c")], [Item()] * 8)
['a', 'b', 'c', 'a', 'a', 'b', 'c', 'a']
>>> turns = deal([Seat("a", room=1), Seat("b")], [Item()] * 3)
>>> [(turn.key, turn.skipped) for turn in turns]
[('a', ()), ('b', (('a', 'full'),)), ('b', (('a', 'full'),))]
>>> keys([Seat("a", room=1)], [Item()] * 2)
['a', None]

The item's needs: who lacks a skill is passed over and loses no turn by it.

>>> seats = [Seat("a", skills={"vi", "en"}), Seat("b", skills={"vi"})]
>>> [(turn.key, turn.skipped) for turn in deal(seats, [Item({"en"}), Item({"vi"})])]
[('a', (('b', 'skill'),)), ('a', ())]

Fewest open items first, in relation to the weight; every item dealt counts at once:

>>> keys([Seat("a", load=2), Seat("b"), Seat("c")], [Item()] * 5, least_loaded=True)
['b', 'c', 'c', 'b', 'a']
>>> keys([Seat("a", weight=2, load=2), Seat("b")], [Item()] * 4, least_loaded=True)
['b', 'a', 'b', 'a']

A person who is known goes back to the own seat, which costs that seat no turn; where
that seat cannot take it, it goes by turn like any other:

>>> turns = deal([Seat("a"), Seat("b", room=1)], [Item(owner="b")] * 2)
>>> [(turn.key, turn.kind) for turn in turns]
[('b', 'previous_owner'), ('a', 'turn')]

A seat whose person is away keeps its turns; who covers takes them, as long as the
cover has room:

>>> seats = [Seat("a", cover="b"), Seat("b", room=3), Seat("c")]
>>> [(turn.key, turn.covered) for turn in deal(seats, [Item()] * 5)]
[('b', 'a'), ('b', None), ('c', None), ('b', 'a'), ('c', None)]

COST: per item one pass over the seats that may take it; who may is worked out once per
kind of needs, and again when somebody is full.
"""

from dataclasses import dataclass


@dataclass
class Seat:
    """One receiver: key, weight, credit of earlier rounds, room (None: no limit).

    ``load``: open items in the hands of this person; ``skills``: what he or she can
    do; ``cover``: the key of the seat that takes this seat's items in the meantime.
    """

    key: object
    weight: int = 1
    credit: int = 0
    room: int | None = None
    load: int = 0
    skills: frozenset = frozenset()
    cover: object = None


@dataclass(frozen=True)
class Item:
    """What decides who may get an item: the skills it needs, the seat it belongs to."""

    needs: frozenset = frozenset()
    owner: object = None


@dataclass(frozen=True)
class Turn:
    """One decision.

    ``key``: who got the item (None: nobody could); ``skipped``: pairs of key and
    reason (``full``, ``skill``); ``kind``: ``turn`` or ``previous_owner``;
    ``covered``: whose turn it was when the person got it as a cover.
    """

    key: object
    skipped: tuple = ()
    kind: str = "turn"
    covered: object = None


def deal(seats, items, least_loaded=False):
    """Deal ``items`` over ``seats``; the seats' credit, room and load are updated.

    :param seats: list of :class:`Seat`, in the order of their turns
    :param items: list of :class:`Item`
    :param least_loaded: fewest open items first instead of in turns
    :return: list of :class:`Turn`, one for each item
    """
    table = _Table(seats)
    pick = _pick_least_loaded if least_loaded else _pick_next
    return [table.deal_one(item, pick) for item in items]


class _Table:
    """The seats in one round of dealing, with who may take which needs."""

    def __init__(self, seats):
        self.seats = seats
        self.by_key = {seat.key: seat for seat in seats}
        self.takers = {seat.key: self.by_key.get(seat.cover, seat) for seat in seats}
        self.by_needs = {}

    def deal_one(self, item, pick):
        needs = frozenset(item.needs)
        if needs not in self.by_needs:
            self.by_needs[needs] = self._find_candidates(needs)
        candidates, allowed, skipped = self.by_needs[needs]
        if item.owner is not None and item.owner in allowed:
            self._give(self.by_key[item.owner])
            return Turn(item.owner, skipped, "previous_owner")
        if not candidates:
            return Turn(None, skipped)
        seat = pick(candidates, self.takers)
        taker = self.takers[seat.key]
        self._give(taker)
        return Turn(taker.key, skipped, covered=None if taker is seat else seat.key)

    def _find_candidates(self, needs):
        """Who may take an item with these needs, and who is passed over for what."""
        candidates = []
        allowed = set()
        skipped = []
        for seat in self.seats:
            taker = self.takers[seat.key]
            if not needs <= taker.skills:
                skipped.append((seat.key, "skill"))
            elif taker.room is not None and taker.room <= 0:
                skipped.append((seat.key, "full"))
            else:
                candidates.append(seat)
                if taker is seat:
                    allowed.add(seat.key)
        return candidates, allowed, tuple(skipped)

    def _give(self, taker):
        taker.load += 1
        if taker.room is not None:
            taker.room -= 1
            if taker.room <= 0:
                self.by_needs.clear()


def _pick_next(candidates, _takers):
    """The candidate whose turn it is; it pays the others for it."""
    best = None
    total = 0
    for seat in candidates:
        weight = seat.weight
        seat.credit += weight
        total += weight
        if best is None or seat.credit > best.credit:
            best = seat
    best.credit -= total
    return best


def _pick_least_loaded(candidates, takers):
    """The candidate with the fewest open items for its weight; equals in turns."""
    lowest = None
    equals = []
    for seat in candidates:
        ratio = takers[seat.key].load / seat.weight
        if lowest is None or ratio < lowest:
            lowest = ratio
            equals = [seat]
        elif ratio == lowest:
            equals.append(seat)
    return _pick_next(equals, takers)
