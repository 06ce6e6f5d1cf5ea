import base64
import csv
import io
import json
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SAMPLES, AdsDataCommon

FIRST = "ads/ads_report_vi.xlsx"
STRINGS = "ads/ads_report_vi_strings.csv"
SECOND = "ads/ads_report_en.csv"
RESTATED = "ads/ads_report_en_restated.csv"
BAD_ROWS = "ads/ads_report_bad_rows.csv"
NO_DAY = "ads/ads_report_vi_no_day.csv"
TITLES = "Campaign name,Ad name,Day,Amount spent (VND),Impressions"


@tagged("post_install", "-at_install")
class TestCrmAdsImportInsight(AdsDataCommon):
    """Reports of the ads manager into daily figures, as ``expected.json`` says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vnd = cls.env.ref("base.VND")
        cls.vnd.active = True
        cls.account.currency_id = cls.vnd
        text = (SAMPLES / "expected.json").read_text(encoding="utf-8")
        cls.expected = json.loads(text)["files"]

    def _sample(self, name, **values):
        record = self._as_mai(
            (SAMPLES / name).read_bytes(), filename=name.rpartition("/")[2], **values
        )
        record.action_preview()
        return record

    def _as_mai(self, content, **values):
        return (
            self.env["crm.ads.import"]
            .with_user(self.mai)
            .create(
                {
                    "file": base64.b64encode(content),
                    "filename": "report.csv",
                    "account_id": self.account.id,
                    **values,
                }
            )
        )

    def _load(self, text, **values):
        record = self._as_mai(text.encode(), **values)
        record.action_preview()
        return record

    def _insights(self):
        return self.env["crm.ads.insight"].search(
            [("account_id", "=", self.account.id)]
        )

    def _by_ad(self):
        """What is booked, as ``expected.json`` tells it."""
        return {
            (ad.campaign_id.title, ad.adset_name, ad.name): {
                "days": len(rows),
                "spend": sum(rows.mapped("spend")),
                "impressions": sum(rows.mapped("impressions")),
                "clicks_all": sum(rows.mapped("clicks")),
                "messages": sum(rows.mapped("messages")),
                "leads": sum(rows.mapped("leads")),
            }
            for ad, rows in self._insights().grouped("ad_id").items()
        }

    def _assert_booked(self, expected):
        found = self._by_ad()
        for ad in expected["ads"]:
            wanted = {
                key: ad[key] for key in found[ad["campaign"], ad["adset"], ad["name"]]
            }
            self.assertEqual(
                found.pop((ad["campaign"], ad["adset"], ad["name"])), wanted
            )
        self.assertFalse(found)

    def test_samples(self):
        for name in (FIRST, STRINGS, SECOND, RESTATED):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                record = self._sample(name)
                self.assertEqual(record.kind, "insight")
                self._run_import(record)
                expected = self.expected[name]
                self.assertEqual(record.state, "done")
                self.assertEqual(record.total_count, expected["total"])
                self.assertEqual(record.done_count, expected["booked"])
                self.assertEqual(record.error_count, 0)
                self.assertEqual(
                    sum(self._insights().mapped("spend")), expected["spend"]
                )
                self._assert_booked(expected)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_same_figures_with_and_without_ids_are_the_same_ads(self):
        for names in ((FIRST, STRINGS), (STRINGS, FIRST)):
            with self.subTest(names), self.env.cr.savepoint() as savepoint:
                for name in names:
                    self._run_import(self._sample(name))
                    self._assert_booked(self.expected[name])
                ads = self._insights().ad_id
                self.assertEqual(
                    set(ads.mapped("external_ref")),
                    {ad["ad"] for ad in self.expected[FIRST]["ads"]},
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def test_restated_days_replace_the_figures(self):
        self._run_import(self._sample(SECOND))
        self._run_import(self._sample(RESTATED))
        after = self.expected[RESTATED]["after_other_file"]
        insights = self._insights()
        self.assertEqual(len(insights), after["ad_days"])
        self.assertEqual(sum(insights.mapped("spend")), after["spend"])
        by_ad = {
            ad.external_ref: sum(rows.mapped("spend"))
            for ad, rows in insights.grouped("ad_id").items()
        }
        self.assertEqual(by_ad, after["spend_by_ad"])

    def test_rows_that_cannot_be_booked_say_why_and_can_be_mended(self):
        record = self._run_import(self._sample(BAD_ROWS))
        expected = self.expected[BAD_ROWS]
        self.assertEqual(record.done_count, expected["booked"])
        self.assertEqual(record.error_count, expected["invalid"])
        for line, wanted in zip(record.line_ids, expected["rows"], strict=True):
            self.assertEqual(line.state == "error", wanted["state"] == "invalid")
            self.assertEqual(line.reason or None, wanted["reason"])
            self.assertEqual(bool(line.message), bool(wanted["reason"]))
        rows = list(
            csv.reader(io.StringIO(record._get_error_file().decode("utf-8-sig")))
        )
        self.assertEqual(len(rows), 4)
        for row, day, spend in zip(
            rows[1:], ("2026-10-06", "2026-10-08", "2026-10-11"), "567", strict=True
        ):
            row[3], row[4] = day, spend
        stream = io.StringIO()
        csv.writer(stream).writerows(rows)
        again = self._run_import(self._load(stream.getvalue()))
        self.assertEqual((again.done_count, again.error_count), (3, 0))
        self.assertEqual(
            sum(self._insights().mapped("spend")), expected["spend"] + 5 + 6 + 7
        )

    def test_report_without_days_is_refused_with_the_way_to_export_it(self):
        record = self._as_mai((SAMPLES / NO_DAY).read_bytes())
        with self.assertRaisesRegex(UserError, "By Time > Day"):
            record.action_preview()
        self.assertEqual(record.state, "draft")
        self.assertFalse(record.line_ids)

    def test_period_of_a_single_day_is_that_day(self):
        record = self._load(
            "Tên quảng cáo,Số tiền đã chi tiêu (VND),Bắt đầu báo cáo,Kết thúc báo cáo\n"
            "Ảnh 1,1.000,05/10/2026,05/10/2026\n"
        )
        self._run_import(record)
        insight = self._insights()
        self.assertEqual((insight.date, insight.spend), (date(2026, 10, 5), 1000))

    def test_other_currency_is_refused(self):
        with self.assertRaisesRegex(UserError, "USD.*VND"):
            self._load("Ad name,Day,Amount spent (USD)\nA,2026-10-01,5\n")

    def test_money_stays_exact_and_is_converted_at_the_rate_of_its_day(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.account.currency_id = usd
        self._run_import(
            self._load(
                "Ad name,Day,Amount spent (USD)\nA,10/13/2026,0.1\nA,10/02/2026,0.2\n"
                'A,10/03/2026,"1,234.565"\n'
            )
        )
        self.assertEqual(
            {str(row.date): row.spend for row in self._insights()},
            {"2026-10-13": 0.1, "2026-10-02": 0.2, "2026-10-03": 1234.57},
        )
        self.env.cr.execute(
            "SELECT sum(spend)::text FROM crm_ads_insight WHERE account_id = %s",
            [self.account.id],
        )
        self.assertEqual(self.env.cr.fetchone()[0], "1234.87")
        for row in self._insights():
            self.assertEqual(
                row.spend_company,
                usd._convert(
                    row.spend, row.company_currency_id, row.company_id, row.date
                ),
            )

    def test_figures_that_a_later_report_lacks_stay(self):
        self._run_import(self._load(f"{TITLES}\nC,A,2026-10-01,100,50\n"))
        self._run_import(
            self._load(
                "Campaign name,Ad name,Day,Amount spent (VND)\nC,A,2026-10-01,120\n"
            )
        )
        insight = self._insights()
        self.assertEqual((insight.spend, insight.impressions), (120, 50))
        self.assertEqual(
            insight.spend_company,
            insight.currency_id._convert(
                120, insight.company_currency_id, insight.company_id, insight.date
            ),
        )

    def test_last_row_of_an_ad_and_day_holds(self):
        record = self._run_import(
            self._load(f"{TITLES}\nC,A,2026-10-01,100,5\nC,A,2026-10-01,70,4\n")
        )
        self.assertEqual(record.line_ids.mapped("state"), ["repeated", "done"])
        self.assertEqual(record.duplicate_count, 1)
        self.assertEqual(self._insights().spend, 70)

    def test_report_parted_by_age_is_refused(self):
        with self.assertRaisesRegex(UserError, "breakdown"):
            self._load(
                f"{TITLES},Age\nC,A,2026-10-01,100,5,18-24\nC,A,2026-10-01,70,4,25-34\n"
            )

    def test_rows_without_an_ad_are_in_error(self):
        record = self._load(f"{TITLES}\nC,,2026-10-01,100,5\n")
        self.assertIn("level of ads", record.line_ids.message)

    def test_kind_is_guessed_once_and_can_be_chosen(self):
        record = self._load(f"{TITLES}\nC,A,2026-10-01,100,5\n")
        self.assertEqual(record.kind, "insight")
        record.kind = "data"
        record.action_preview()
        self.assertEqual((record.kind, record.error_count), ("data", 1))
        people = self._load("Tên,SĐT,Chi phí\nLan,0905000001,5\n")
        self.assertEqual(people.kind, "data")

    def test_unknown_title_of_the_money_is_put_right_by_hand(self):
        text = "Ad name,Day,Money gone\nA,2026-10-01,100\n"
        record = self._load(text, kind="insight")
        self.assertIn("Columns", record.line_ids.message)
        record.column_ids[2].field_name = "spend"
        record.action_preview()
        self._run_import(record)
        self.assertEqual(self._insights().spend, 100)

    def test_day_title_that_nobody_knows_is_put_right_by_hand(self):
        record = self._load(
            "Ad name,Hôm,Amount spent (VND)\nA,2026-10-01,100\nA,2026-10-02,50\n"
        )
        self.assertEqual(record.error_count, 2)
        record.column_ids[1].field_name = "day"
        record.action_preview()
        self.assertEqual(record.error_count, 0)

    def test_figures_of_foreign_ads_are_out_of_reach(self):
        rows = [{"ad_id": self.ad.id, "date": date(2026, 10, 1), "spend": 5}]
        insights = self.env["crm.ads.insight"]
        for user in (self.bao, self.lan):
            with self.assertRaises(AccessError):
                insights.with_user(user)._upsert(rows, ["spend"])
        self.assertEqual(insights.with_user(self.mai)._upsert(rows, ["spend"]).spend, 5)

    def test_one_statement_for_many_rows(self):
        def book(count):
            rows = [
                {"ad_id": self.ad.id, "date": date(2026, 1, 1 + i), "spend": count}
                for i in range(count)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["crm.ads.insight"]._upsert(rows, ["spend"])
            self.env.flush_all()
            return self.cr.sql_log_count - before

        self.account.currency_id = self.account.company_id.currency_id
        book(2)
        self.assertLessEqual(book(31), book(1) + 1)
