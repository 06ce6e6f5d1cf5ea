"""The words in which each platform tells an order's state, and what they mean.

Haravan and Sapo tell it in several fields at once: their words are ours already.
"""

from . import nhanh, orders, pancake, shopee, tiktok

_OURS = {state: state for state in orders.STATES if state != "unknown"}
TABLES = {
    "nhanh": nhanh.STATES,
    "pancake": pancake.STATES,
    "haravan": _OURS,
    "sapo": _OURS,
    "shopee": shopee.STATES,
    "tiktok": tiktok.STATES,
}


def find_word(provider, order):
    """The word under which the state of an ``Order`` stands in a platform's table.

    Its raw word, unless somebody knows more than that word: a return that is told
    apart from the order, an order that is deleted.

    >>> from .orders import Order
    >>> find_word("shopee", Order("1", "shipping", "SHIPPED", ()))
    'SHIPPED'
    >>> find_word("tiktok", Order("1", "returned", "COMPLETED", ()))
    'returned'
    >>> find_word("sapo", Order("1", "done", "paid|fulfilled", ()))
    'done'
    >>> find_word("sapo", Order("1", "unknown", "paid|lost", ()))
    'paid|lost'
    """
    meant = TABLES.get(provider, {}).get(order.raw_state)
    return order.raw_state if order.state in ("unknown", meant) else order.state
