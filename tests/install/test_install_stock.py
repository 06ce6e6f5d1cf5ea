"""What our addons show when Inventory and margins are installed beside them."""

import pytest
from install_lab import Outcome
from test_install import complaints, expect_nothing

TESTS = (
    "/crm_funnel_loyalty:TestStockTurnoverInventory",
    "/crm_funnel_loyalty:TestSalesAnalysis",
)


def with_stock(lab):
    """Install with Inventory and margins, run the tests of what needs them."""
    outcome = Outcome()
    with lab.database("core") as name:
        lab.install(outcome, name, ["crm_funnel_loyalty", "sale_stock", "sale_margin"])
        lab.test(outcome, name, ",".join(TESTS))
    return outcome


@pytest.mark.scenario(run=with_stock)
def test_stock_turnover_and_margin(outcome):
    expect_nothing(complaints(outcome))
    assert outcome.test_count > 20, "the tests have not run"
