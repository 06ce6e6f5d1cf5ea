import base64
import doctest
import json
from pathlib import Path

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

SAMPLES = Path(__file__).parent / "samples"
# What each sample of a provider has to give.
MANIFEST = json.loads((SAMPLES / "providers" / "manifest.json").read_text("utf-8"))


def check_doctests(case, *modules):
    """Every one of the modules has doctests, and they pass."""
    for module in modules:
        with case.subTest(module.__name__):
            result = doctest.testmod(module)
            case.assertGreater(result.attempted, 0)
            case.assertEqual(result.failed, 0)


class AdsDataCommon(TransactionCase):
    """The cast of the tests.

    ===========  =========================================  ======================
    user         groups                                     stands for
    ===========  =========================================  ======================
    mai          marketer                                   owner of the account
    bao          marketer                                   another marketer
    thu          distributor                                sale admin
    lan, hung,   salesperson                                members of the rule
    minh
    quan         sales manager                              manager
    ===========  =========================================  ======================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env
        env["crm.ads.distribution.rule"].search([], limit=100).active = False
        marketer = "crm_ads_data.group_marketer"
        salesman = "sales_team.group_sale_salesman"
        cls.mai = new_test_user(env, "ads_mai", marketer)
        cls.bao = new_test_user(env, "ads_bao", marketer)
        cls.thu = new_test_user(env, "ads_thu", "crm_ads_data.group_distributor")
        cls.lan = new_test_user(env, "ads_lan", salesman)
        cls.hung = new_test_user(env, "ads_hung", salesman)
        cls.minh = new_test_user(env, "ads_minh", salesman)
        cls.quan = new_test_user(env, "ads_quan", "sales_team.group_sale_manager")
        cls.sellers = cls.lan | cls.hung | cls.minh
        cls.team = env["crm.team"].create({"name": "Ads Team"})
        cls.account = env["crm.ads.account"].create(
            {
                "name": "Test Account",
                "external_ref": "990",
                "user_id": cls.mai.id,
                "is_running": True,
            }
        )
        cls.campaign = env["crm.ads.campaign"].create(
            {
                "title": "Test Ads Campaign",
                "account_id": cls.account.id,
                "is_running": 1,
            }
        )
        cls.product = env["product.product"].create({"name": "Tea", "list_price": 100})
        cls.ad = env["crm.ads.ad"].create(
            {
                "name": "Test Ad",
                "campaign_id": cls.campaign.id,
                "product_id": cls.product.id,
                "is_running": True,
            }
        )
        cls.rule = cls._create_rule(cls.sellers)

    @classmethod
    def _create_rule(cls, users, **values):
        return cls.env["crm.ads.distribution.rule"].create(
            {
                "name": "Test Rule",
                "team_id": cls.team.id,
                "member_ids": [
                    Command.create({"user_id": user.id, "sequence": index})
                    for index, user in enumerate(users)
                ],
                **values,
            }
        )

    @classmethod
    def _create_data(cls, count=1, start=0, **values):
        return cls.env["crm.ads.data"].create(
            [
                {
                    "name": f"Customer {start + index}",
                    "phone": f"090{1000000 + start + index}",
                    "ad_id": cls.ad.id,
                    **values,
                }
                for index in range(count)
            ]
        )

    @classmethod
    def _import_sample(cls, filename, **values):
        """Load a sample file up to the preview."""
        record = cls.env["crm.ads.import"].create(
            {
                "file": base64.b64encode((SAMPLES / filename).read_bytes()),
                "filename": Path(filename).name,
                "account_id": cls.account.id,
                **values,
            }
        )
        record.action_preview()
        return record

    def _run_import(self, record):
        """Take all rows in, as the cron would, batch by batch."""
        record.action_start()
        while record.state == "running":
            record._process_batch()
        return record
