from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import AdsDataCommon


@tagged("post_install", "-at_install")
class TestCrmAdsDataIngest(AdsDataCommon):
    """The way in: normalised, checked, duplicates found by key (002.14–002.21, N10)."""

    def _row(self, **values):
        return {"ad_id": self.ad.id, "name": "A", "phone": "0901234567", **values}

    def test_phone_is_normalised(self):
        data = self._create_data(phone="0163 634 8056 - 024 3771 2026")
        self.assertEqual(data.phone, "+84336348056")
        self.assertEqual(data.phone_key, "+84336348056")
        self.assertEqual(data.phone2, "+842437712026")
        self.assertEqual(data.product_id, self.product)

    def test_typed_nonsense_is_refused(self):
        for phone in ("abc", "0901", False):
            with self.assertRaises(UserError):
                self._create_data(phone=phone)

    def test_email_is_enough(self):
        data = self._create_data(phone=False, email=" Lan@Example.com ")
        self.assertEqual(data.email, "lan@example.com")
        self.assertEqual(data.state, "new")
        again = self._create_data(phone=False, email="LAN@example.com")
        self.assertEqual(again.duplicate_of_id, data)

    def test_duplicate_by_any_spelling_and_second_number(self):
        first = self._create_data(phone="0901234567 / 0912345678")
        second = self._create_data(phone="+84 912 345 678, 0987654321")
        third = self._create_data(phone="0987.654.321")
        self.assertEqual(first.state, "new")
        self.assertEqual(second.state, "duplicate")
        self.assertEqual(second.duplicate_of_id, first)
        self.assertEqual(third.duplicate_of_id, first, "leads to the first holder")

    def test_duplicates_within_one_call(self):
        outcomes = self.env["crm.ads.data"]._ingest(
            [
                self._row(),
                self._row(phone="0162 123 4567"),
                self._row(phone="+84901234567"),
            ],
            "file",
        )
        self.assertEqual([item[0] for item in outcomes], ["new", "new", "duplicate"])
        self.assertEqual(outcomes[2][1].duplicate_of_id, outcomes[0][1])

    def test_other_company_may_have_the_number(self):
        self._create_data()
        company = self.env["res.company"].create({"name": "Other Ads Company"})
        account = self.account.copy({"company_id": company.id})
        campaign = self.env["crm.ads.campaign"].create(
            {"title": "Theirs", "account_id": account.id, "is_running": True}
        )
        account.is_running = True
        ad = self.env["crm.ads.ad"].create(
            {"name": "Theirs", "campaign_id": campaign.id, "is_running": True}
        )
        self.assertEqual(self._create_data(ad_id=ad.id).state, "new")

    def test_same_lead_id_makes_nothing_new(self):
        rows = [
            self._row(external_ref="77"),
            self._row(external_ref="77", phone="0912345678"),
        ]
        outcomes = self.env["crm.ads.data"]._ingest(rows, "file")
        self.assertEqual([item[0] for item in outcomes], ["new", "repeated"])
        again = self.env["crm.ads.data"]._ingest(rows[:1], "webhook")
        self.assertEqual(again[0][0], "repeated")
        self.assertFalse(again[0][1])
        with self.assertRaises(ValidationError):
            self._create_data(external_ref="77", start=50)

    def test_bad_row_of_a_file_makes_no_data_but_a_machine_is_not_refused(self):
        row = self._row(phone="0901")
        before = self.env["crm.ads.data"].search_count([])
        status, data, reason = self.env["crm.ads.data"]._ingest([row], "file")[0]
        self.assertEqual((status, bool(data)), ("invalid", False))
        self.assertEqual(reason, "phone_too_short")
        self.assertEqual(self.env["crm.ads.data"].search_count([]), before)
        status, data, _reason = self.env["crm.ads.data"]._ingest([row], "webhook")[0]
        self.assertEqual((status, data.state), ("invalid", "invalid"))
        self.assertEqual(data.phone, "0901", "kept as it came, to be mended")

    def test_mending_makes_it_usable(self):
        bad = self.env["crm.ads.data"]._ingest([self._row(phone="0901")], "api")[0][1]
        bad.phone = "0901 000 111"
        self.assertEqual((bad.state, bad.phone_key), ("new", "+84901000111"))

    def test_changing_the_number_frees_the_old_one(self):
        data = self._create_data(phone="0901234567")
        data.phone = "0912345678"
        self.assertEqual(self._create_data(phone="0901234567").state, "new")
        self.assertEqual(self._create_data(phone="0912345678").state, "duplicate")

    def test_deleting_frees_the_number(self):
        self._create_data(phone="0901234567").unlink()
        self.assertEqual(self._create_data(phone="0901234567").state, "new")

    def test_closed_ad_refuses_the_row_and_says_so(self):
        self.ad.is_running = False
        outcome = self.env["crm.ads.data"]._ingest([self._row()], "file")[0]
        self.assertEqual((outcome[0], outcome[2]), ("invalid", "ad_closed"))

    def test_client_cannot_set_what_the_suite_decides(self):
        data = self._create_data().with_user(self.thu)
        for values in (
            {"state": "transferred"},
            {"user_id": self.lan.id},
            {"duplicate_of_id": data.id},
        ):
            with self.assertRaises(AccessError):
                data.write(values)
            with self.assertRaises(AccessError):
                data.create({"phone": "0909999999", "ad_id": self.ad.id, **values})

    def test_ingest_costs_the_same_per_batch(self):
        data = self.env["crm.ads.data"]

        def rows(start, count):
            return [
                self._row(
                    phone=f"0907{100000 + start + i}", external_ref=f"r{start + i}"
                )
                for i in range(count)
            ]

        data._ingest(rows(0, 1), "file")
        self.env.flush_all()
        with self.assertQueryCount(16):
            data._ingest(rows(100, 10), "file")
            self.env.flush_all()
        with self.assertQueryCount(16):
            data._ingest(rows(200, 90), "file")
            self.env.flush_all()
