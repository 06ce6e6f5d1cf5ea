"""What our addons do with Inventory, margins and a website beside them."""

import pytest
from install_lab import Outcome
from test_install import complaints, expect_nothing

BESIDE = ("sale_stock", "sale_margin", "website_crm")
TESTS = (
    "/crm_funnel_loyalty:TestStockTurnoverInventory",
    "/crm_funnel_loyalty:TestSalesAnalysis",
    "/crm_funnel_loyalty:TestCrmLeadWebsite",
)


def with_others(lab):
    """Install with the others, run the tests of what needs them."""
    outcome = Outcome()
    with lab.database("core") as name:
        lab.install(outcome, name, ["crm_funnel_loyalty", *BESIDE])
        lab.test(outcome, name, ",".join(TESTS))
    return outcome


@pytest.mark.scenario(run=with_others)
def test_works_beside_others(outcome):
    expect_nothing(complaints(outcome))
    assert outcome.test_count > 21, "the tests have not run"
