"""Dealing data out in turns: who gets the next one.

Smooth weighted round robin: before each pick every free seat's credit grows by its
weight; the seat with the highest credit gets the item and pays the sum of the weights
back. With equal weights this is plain round robin in seat order; a weight of two gets
twice as many, spread evenly, never in a row. The credits are the pointer that the next
call goes on from. Cost: one pass over the seats per item.

>>> seats = [Seat("lan"), Seat("hung"), Seat("minh")]
>>> [turn.key for turn in deal(seats, 4)]
['lan', 'hung', 'minh', 'lan']
>>> [turn.key for turn in deal(seats, 2)]  # goes on where it stopped
['hung', 'minh']

Twice the weight, a limit that is reached, nobody left:

>>> [turn.key for turn in deal([Seat("a", weight=2), Seat("b"), Seat("c")], 8)]
['a', 'b', 'c', 'a', 'a', 'b', 'c', 'a']
>>> turns = deal([Seat("a", room=1), Seat("b")], 3)
>>> [(turn.key, turn.full) for turn in turns]
[('a', ()), ('b', ('a',)), ('b', ('a',))]
>>> [turn.key for turn in deal([Seat("a", room=1)], 2)]
['a', None]
"""

from dataclasses import dataclass


@dataclass
class Seat:
    """One receiver: key, weight, credit of earlier rounds, room (None: no limit)."""

    key: object
    weight: int = 1
    credit: int = 0
    room: int | None = None


@dataclass(frozen=True)
class Turn:
    """One decision: who got the item (None: nobody could) and who was full by then."""

    key: object
    full: tuple


def deal(seats, count):
    """Deal ``count`` items over ``seats``; the seats' credit and room are updated.

    :param seats: list of :class:`Seat`
    :param count: number of items
    :return: list of :class:`Turn`, one for each item
    """
    free = [seat for seat in seats if seat.room is None or seat.room > 0]
    full = tuple(seat.key for seat in seats if seat not in free)
    total = sum(seat.weight for seat in free)
    turns = []
    for _index in range(count):
        best = _next_seat(free)
        turns.append(Turn(best and best.key, full))
        if not best:
            continue
        best.credit -= total
        if best.room is not None:
            best.room -= 1
            if not best.room:
                free = [seat for seat in free if seat is not best]
                full += (best.key,)
                total -= best.weight
    return turns


def _next_seat(free):
    best = None
    for seat in free:
        seat.credit += seat.weight
        if best is None or seat.credit > best.credit:
            best = seat
    return best
