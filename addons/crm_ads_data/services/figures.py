"""Names and arithmetic of the figures of ads.

Sums add up over any rows; a ratio is always the ratio of two sums:

>>> ratio(300, 4)
75.0
>>> ratio(300, 0)
0.0
>>> ratios({"spend": 200, "data_count": 4, "order_count": 1, "revenue": 700,
...         "won_count": 1, "valid_count": 2})
{'cost_per_data': 50.0, 'cost_per_order': 200.0, 'close_rate': 0.5, 'roas': 3.5}

A change is told against the period before, or not at all where that was empty:

>>> change(150, 100)
0.5
>>> change(50, 0) is None
True
"""

COUNTS = (
    "impressions",
    "clicks",
    "messages",
    "data_count",
    "valid_count",
    "duplicate_count",
    "transferred_count",
    "contacted_count",
    "won_count",
    "order_count",
)
AMOUNTS = (
    "spend",
    "revenue",
    "revenue_invoiced",
    "revenue_collected",
    "goods_cost",
    "profit",
)
# name: (what is divided, what it is divided by)
RATIOS = {
    "cost_per_data": ("spend", "data_count"),
    "cost_per_order": ("spend", "order_count"),
    "close_rate": ("won_count", "valid_count"),
    "roas": ("revenue", "spend"),
}


def ratio(part, whole):
    """``part`` per ``whole``; 0 where there is nothing to divide by."""
    return part / whole if whole else 0.0


def ratios(sums):
    """The ratios that follow from a dict of sums."""
    return {
        name: ratio(sums[part], sums[whole]) for name, (part, whole) in RATIOS.items()
    }


def change(now, before):
    """How much more or less than before, as a share of before; None without before."""
    return (now - before) / before if before else None
