import base64
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import FunnelCommon

TEXT = b"Price list 2026"


@tagged("post_install", "-at_install")
class TestCrmSaleKit(FunnelCommon, HttpCase):
    """Sale kit and training list (003.64, 003.66)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.items = cls.env["crm.sale.kit.item"]
        cls.item = cls.items.create(
            {
                "name": "Price list",
                "file": base64.b64encode(TEXT),
                "filename": "price-list.txt",
            }
        )
        cls.training = cls.items.create(
            {"name": "How to call", "kind": "training", "url": "https://example.com/a"}
        )

    def _share(self, user=None):
        action = self.item.with_user(user or self.seller).action_share()
        return self.env[action["res_model"]].browse(action["res_id"])

    def _open(self, share, **options):
        path = "/sale_kit/" + share.sudo().token
        return self.url_open(path, allow_redirects=False, **options)

    def test_customer_opens_the_link(self):
        share = self._share()
        self.assertIn("/sale_kit/", share.with_user(self.seller).link)
        self.authenticate(None, None)
        response = self._open(share)
        self.assertEqual((response.status_code, response.content), (200, TEXT))
        self.assertIn("price-list.txt", response.headers["Content-Disposition"])
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self._open(share)
        self.opener.head(self.base_url() + "/sale_kit/" + share.sudo().token)
        share.invalidate_recordset()
        self.assertEqual(share.open_count, 2)
        self.assertTrue(share.last_open)
        self.assertEqual(self.item.open_count, 2)

    def test_link_ends(self):
        share = self._share()
        yesterday = fields.Date.today() - timedelta(days=2)
        for change in (
            lambda: share.write({"expiry_date": yesterday}),
            lambda: share.write({"active": False, "expiry_date": "2999-01-01"}),
            lambda: (share.write({"active": True}), self.item.write({"active": False})),
        ):
            change()
            response = self._open(share)
            self.assertEqual(response.status_code, 404)
            self.assertNotIn(TEXT, response.content)
        self.assertFalse(share.open_count)
        self.assertEqual(self.url_open("/sale_kit/guess").status_code, 404)

    def test_last_day_is_the_companys(self):
        """After 17:00 UTC it is the next day in Vietnam; in New York only later."""
        share = self._share()
        share.expiry_date = "2026-03-10"
        shares = self.env["crm.sale.kit.share"].with_user(
            self.env.ref("base.public_user")
        )
        token = share.sudo().token
        self.env.company.partner_id.tz = "Asia/Ho_Chi_Minh"
        with self.at(datetime(2026, 3, 9, 20)):
            self.assertTrue(shares._open(token))
        with self.at(datetime(2026, 3, 10, 20)):
            self.assertFalse(shares._open(token))
        self.env.company.partner_id.tz = "America/New_York"
        with self.at(datetime(2026, 3, 11, 2)):
            self.assertTrue(shares._open(token))
        with self.at(datetime(2026, 3, 11, 6)):
            self.assertFalse(shares._open(token))
            self.assertEqual(str(self._share().expiry_date), "2026-04-10")

    def test_document_of_a_product(self):
        document = self.env["product.document"].create(
            {
                "name": "Leaflet.txt",
                "raw": b"Leaflet",
                "res_model": "product.template",
                "res_id": self.product.product_tmpl_id.id,
            }
        )
        self.item.write({"file": False, "document_id": document.id})
        self.assertEqual(self._open(self._share()).content, b"Leaflet")

    def test_web_address(self):
        self.item.write({"file": False, "url": "https://example.com/film"})
        response = self._open(self._share())
        self.assertEqual(response.headers["Location"], "https://example.com/film")

    def test_one_content(self):
        for values, text in (
            ({"name": "Nothing"}, "needs one thing"),
            (
                {"name": "Two", "file": base64.b64encode(b"x"), "url": "https://a.vn"},
                "needs one thing",
            ),
            ({"name": "Script", "url": "javascript:alert(1)"}, "begins with https"),
        ):
            with self.assertRaisesRegex(ValidationError, text):
                self.items.create(values)

    def test_training_is_not_shared(self):
        with self.assertRaisesRegex(UserError, "for training"):
            self.training.with_user(self.seller).action_share()

    def test_an_item_that_becomes_training_is_closed(self):
        share = self._share()
        self.item.kind = "training"
        self.assertEqual(self._open(share).status_code, 404)

    def test_read_once(self):
        training = self.training.with_user(self.seller)
        self.assertFalse(training.is_read)
        training.action_mark_read()
        training.action_mark_read()
        self.assertTrue(training.is_read)
        self.assertEqual(self.training.reader_count, 1)
        unread = self.items.with_user(self.seller).search([("is_read", "=", False)])
        self.assertNotIn(training, unread)
        self.assertIn(self.item, unread)
        self.assertFalse(self.training.with_user(self.other).is_read)

    def test_marking_costs_two_statements(self):
        items = (self.item | self.training).with_user(self.seller)
        items.check_access("read")
        self.env.flush_all()
        with self.assertQueryCount(3):
            items.action_mark_read()

    def test_rights(self):
        share = self._share()
        seller = self.items.with_user(self.seller)
        with self.assertRaises(AccessError):
            seller.create({"name": "Mine", "url": "https://a.vn"})
        with self.assertRaises(AccessError):
            self.item.with_user(self.seller).name = "Changed"
        for values in (
            {"token": "guess"},
            {"open_count": 9},
            {"item_id": self.training.id},
            {"user_id": self.other.id},
        ):
            with self.assertRaises(AccessError):
                share.with_user(self.seller).write(values)
        with self.assertRaises(AccessError):
            share.with_user(self.seller).read(["token"])
        shares = self.env["crm.sale.kit.share"]
        with self.assertRaises(AccessError):
            shares.with_user(self.seller).create({"item_id": self.item.id})
        self.assertFalse(shares.with_user(self.other).search([]))
        self.assertIn(share, shares.with_user(self.manager).search([]))
        self.training.with_user(self.seller).action_mark_read()
        readings = self.env["crm.sale.kit.reading"]
        self.assertFalse(readings.with_user(self.other).search([]))
        self.assertTrue(readings.with_user(self.manager).search([]))
        with self.assertRaises(AccessError):
            readings.with_user(self.seller).create(
                {"item_id": self.item.id, "user_id": self.seller.id}
            )

    def test_portal_and_other_company(self):
        portal = new_test_user(self.env, "kit_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self.items.with_user(portal).search([])
        company = self.env["res.company"].create({"name": "Other"})
        self.item.company_id = company
        self.assertNotIn(self.item, self.items.with_user(self.seller).search([]))
        stranger = new_test_user(
            self.env,
            "kit_stranger",
            "sales_team.group_sale_salesman",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertIn(self.item, self.items.with_user(stranger).search([]))

    def test_tour(self):
        """A salesperson shares a document and marks another as read."""
        self.start_tour("/odoo/sale-kit", "crm_sale_kit", login="funnel_seller")
        self.assertEqual(self.item.share_count, 1)
        self.assertTrue(self.training.with_user(self.seller).is_read)
