"""Sharing members out among people. No ORM: numbers in, numbers out.

>>> [share.user for share in spread([1, 2, 3, 4, 5], [Share("lan"), Share("my")])]
['lan', 'my', 'lan', 'my', 'lan']
"""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Share:
    """What one person gets: ``weight`` against the others, at most ``cap`` (0 is any
    number), only members with one of the ``keys`` (none: all)."""

    user: object
    weight: float = 1.0
    cap: int = 0
    keys: frozenset = field(default_factory=frozenset)
    got: int = 0

    def takes(self, keys):
        """Whether a member with these keys is for this person, and there is room."""
        is_free = not self.cap or self.got < self.cap
        return is_free and (not self.keys or not self.keys.isdisjoint(keys))


def spread(members, shares, keys=None):
    """Deal members out one by one, each to the person who is furthest behind the own
    share: after every single one the dealing is as fair as it can be.

    :param members: what is dealt out, in order
    :param shares: list of ``Share``; ``got`` is counted up
    :param keys: function of a member to its set of keys; without it there are none
    :return: list of the ``Share`` that each member went to, None where nobody takes it

    By weight, the remainder to whoever is first in the list:

    >>> shares = [Share("lan", 2), Share("my")]
    >>> dealt = spread(range(7), shares)
    >>> [(share.user, share.got) for share in shares]
    [('lan', 5), ('my', 2)]

    By keys; whom nobody takes stays:

    >>> north, south = Share("lan", keys={"HN"}), Share("my", keys={"HCM"})
    >>> places = {1: {"HN"}, 2: {"HCM"}, 3: {"DN"}}
    >>> dealt = spread([1, 2, 3], [north, south], places.get)
    >>> [share and share.user for share in dealt]
    ['lan', 'my', None]

    A person who has had enough gets no more:

    >>> shares = [Share("lan", cap=1), Share("my")]
    >>> [share.user for share in spread(range(4), shares)]
    ['lan', 'my', 'my', 'my']
    """
    dealt = []
    whole = sum(share.weight for share in shares) or 1
    for number, member in enumerate(members, 1):
        own = keys(member) if keys else ()
        share = max(
            (share for share in shares if share.takes(own)),
            key=lambda share: number * share.weight / whole - share.got,
            default=None,
        )
        if share:
            share.got += 1
        dealt.append(share)
    return dealt
