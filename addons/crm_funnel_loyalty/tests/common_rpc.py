from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.crm_campaign_partner.tests.common_rpc import RpcCase

from .common import FunnelCommon


class FunnelRpcCase(FunnelCommon, RpcCase):
    """The people of the funnel, and those who have no part in it, over RPC.

    foreigner   sales manager of another company
    employee    internal user without sales
    portal      portal user
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreigner = new_test_user(
            cls.env,
            "funnel_foreigner",
            "sales_team.group_sale_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        cls.employee = new_test_user(cls.env, "funnel_employee", "base.group_user")
        cls.portal = new_test_user(cls.env, "funnel_portal", "base.group_portal")
        for user in (
            cls.seller,
            cls.other,
            cls.manager,
            cls.foreigner,
            cls.employee,
            cls.portal,
        ):
            # longer than an automatic one has to be; only in this transaction
            user.password = user.login
