"""Arithmetic of campaign figures. No ORM: plain numbers in, plain numbers out."""

from collections import defaultdict


def roll_up(paths, values):
    """Add the value of every node to itself and to all nodes above it.

    :param dict paths: node id -> its materialised path, ``"1/4/9/"`` for node 9
        under 4 under 1
    :param dict values: node id -> number; nodes without one count as zero
    :return: node id -> sum over the node and everything below it

    >>> paths = {1: "1/", 4: "1/4/", 9: "1/4/9/", 5: "1/5/"}
    >>> totals = roll_up(paths, {1: 1, 9: 10, 5: 100})
    >>> totals[1], totals[4], totals[9], totals[5]
    (111, 10, 10, 100)
    >>> roll_up(paths, {})[1]
    0
    """
    totals = defaultdict(int)
    for node, value in values.items():
        for ancestor in paths[node].rstrip("/").split("/"):
            totals[int(ancestor)] += value
    return totals


def rate(part, whole):
    """Share of ``part`` in ``whole`` as a fraction; zero of nothing.

    >>> rate(3, 12), rate(3, 0)
    (0.25, 0.0)
    """
    return part / whole if whole else 0.0


def return_on_investment(revenue, cost):
    """What each unit of money spent earned beyond itself, as a fraction.

    Without cost there is no return to speak of, so it is zero.

    >>> return_on_investment(300, 100), return_on_investment(50, 100)
    (2.0, -0.5)
    >>> return_on_investment(300, 0)
    0.0
    """
    return (revenue - cost) / cost if cost else 0.0
