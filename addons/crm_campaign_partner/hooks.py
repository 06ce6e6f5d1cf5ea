"""What installing and uninstalling do besides loading data."""

from .models.res_company import CAMPAIGN_SEQUENCE_CODE


def post_init_hook(env):
    """Give every company that is already there its own campaign numbers."""
    numbered = env["ir.sequence"].search([("code", "=", CAMPAIGN_SEQUENCE_CODE)])
    env["res.company"].with_context(active_test=False).search(
        [("id", "not in", numbered.company_id.ids)]
    )._create_campaign_sequences()


def uninstall_hook(env):
    """Remove the number sequences: they were made at run time, so no XML id
    takes them along."""
    env["ir.sequence"].with_context(active_test=False).search(
        [("code", "=", CAMPAIGN_SEQUENCE_CODE)]
    ).unlink()
