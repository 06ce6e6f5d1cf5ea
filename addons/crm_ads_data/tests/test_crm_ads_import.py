import base64
import csv
import io
import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import SAMPLES, AdsDataCommon

LEAD_FILES = (
    "leads/meta_leads_utf16.csv",
    "leads/meta_leads_utf8.csv",
    "leads/meta_leads.xlsx",
)
BROKEN = "broken row"


@tagged("post_install", "-at_install")
class TestCrmAdsImport(AdsDataCommon):
    """Lead-form exports from file to data (002.19), against the samples' answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        text = (SAMPLES / "expected.json").read_text(encoding="utf-8")
        cls.expected = json.loads(text)["files"]

    def _assert_import(self, record, expected):
        self.assertEqual(record.state, "done")
        self.assertEqual(record.total_count, expected["total"])
        self.assertEqual(record.error_count, expected["invalid"])
        self.assertEqual(record.duplicate_count, expected["duplicates"])
        self.assertEqual(record.done_count, expected["valid"] + expected["duplicates"])
        self.assertEqual(record.progress, 100)
        new = record.line_ids.data_id.filtered(lambda data: data.state == "new")
        self.assertEqual(sorted(new.mapped("phone_key")), sorted(expected["phones"]))

    def test_samples(self):
        for filename in LEAD_FILES:
            with self.subTest(filename), self.env.cr.savepoint() as savepoint:
                record = self._run_import(self._import_sample(filename))
                self._assert_import(record, self.expected[filename])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_preview_takes_nothing_in(self):
        before = self.env["crm.ads.data"].search_count([])
        record = self._import_sample(LEAD_FILES[0])
        expected = self.expected[LEAD_FILES[0]]
        self.assertEqual(record.state, "ready")
        self.assertEqual(record.total_count, expected["total"])
        self.assertEqual(record.error_count, expected["invalid"])
        self.assertEqual(record.duplicate_count, expected["duplicates"])
        self.assertEqual(self.env["crm.ads.data"].search_count([]), before)
        self.assertIn("phone_number", record.column_ids.mapped("title"))

    def test_second_file_meets_the_first(self):
        self._run_import(self._import_sample(LEAD_FILES[0]))
        record = self._run_import(self._import_sample(LEAD_FILES[1]))
        after = self.expected[LEAD_FILES[1]]["after_other_file"]
        states = {
            state: len(lines)
            for state, lines in record.line_ids.grouped("state").items()
        }
        self.assertEqual(states["repeated"], after["known_lead_ids"])
        self.assertEqual(states["done"], after["valid"])
        self.assertEqual(states["duplicate"], after["duplicates"])
        self.assertEqual(states["error"], after["invalid"])

    def test_same_file_twice_makes_nothing_new(self):
        self._run_import(self._import_sample(LEAD_FILES[1]))
        count = self.env["crm.ads.data"].search_count([])
        record = self._run_import(self._import_sample(LEAD_FILES[1]))
        self.assertEqual(self.env["crm.ads.data"].search_count([]), count)
        self.assertEqual(record.done_count, 0)

    def test_rows_go_to_the_ads_that_they_name(self):
        record = self._run_import(self._import_sample(LEAD_FILES[0]))
        for line in record.line_ids.filtered("data_id"):
            ad = line.data_id.ad_id
            if line.ad_ref:
                self.assertEqual(ad.external_ref, line.ad_ref)
                self.assertEqual(ad.campaign_id.title, line.campaign_name)
            else:
                self.assertTrue(ad.is_organic)
        self.assertEqual(record.line_ids.data_id.account_id, self.account)

    def test_rows_without_an_ad_go_to_the_chosen_one(self):
        record = self._run_import(self._import_sample(LEAD_FILES[0], ad_id=self.ad.id))
        organic = record.line_ids.filtered(
            lambda line: not line.ad_ref and line.data_id
        )
        self.assertTrue(organic)
        self.assertEqual(organic.data_id.ad_id, self.ad)

    def test_error_file_can_be_mended_and_loaded_again(self):
        record = self._run_import(self._import_sample(LEAD_FILES[0]))
        action = record.action_download_errors()
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("mimetype", "=", "text/csv"),
            ],
            limit=1,
        )
        self.assertIn(str(attachment.id), action["url"])
        rows = list(csv.reader(io.StringIO(attachment.raw.decode("utf-8-sig"))))
        self.assertEqual(len(rows) - 1, record.error_count)
        self.assertEqual(rows[0][-1], "#error")
        self.assertTrue(all(row[-1] for row in rows[1:]))
        column = rows[0].index("phone_number")
        mended = [rows[0]]
        for number, row in enumerate(rows[1:]):
            row[column] = f"09055500{number:02d}"
            mended.append(row)
        stream = io.StringIO()
        csv.writer(stream).writerows(mended)
        again = self.env["crm.ads.import"].create(
            {
                "file": base64.b64encode(stream.getvalue().encode("utf-8-sig")),
                "filename": "mended.csv",
                "account_id": self.account.id,
            }
        )
        again.action_preview()
        self._run_import(again)
        tests = again.line_ids.filtered(lambda line: line.reason == "test_lead")
        self.assertEqual(again.error_count, len(tests))
        self.assertEqual(again.done_count, len(rows) - 1 - len(tests))
        self.assertNotIn("#error", again.line_ids.data_id[:1].note or "")

    def test_formulas_in_the_error_file_are_harmless(self):
        record = self._load_text("name,phone_number\n=1+1,abc\n@SUM(A1),+12\n")
        text = record._get_error_file().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        self.assertEqual([row[0] for row in rows[1:]], ["'=1+1", "'@SUM(A1)"])

    def _load_text(self, text):
        record = self.env["crm.ads.import"].create(
            {
                "file": base64.b64encode(text.encode()),
                "filename": "typed.csv",
                "account_id": self.account.id,
            }
        )
        record.action_preview()
        return record

    def test_unreadable_files_are_refused_with_a_message(self):
        for content, filename in (
            (b"", "empty.csv"),
            (b"\x00\x01\x02", "noise.xlsx"),
            (b"full_name,phone_number\n", "header.csv"),
        ):
            record = self.env["crm.ads.import"].create(
                {
                    "file": base64.b64encode(content or b" "),
                    "filename": filename,
                    "account_id": self.account.id,
                }
            )
            with self.assertRaises(UserError):
                record.action_preview()
            self.assertEqual(record.state, "draft")

    def test_long_file_goes_on_in_the_cron(self):
        lines = "\n".join(f"Person {i},0908{i:06d}" for i in range(1100))
        record = self._load_text(f"full_name,phone_number\n{lines}\n")
        record.with_user(self.mai).action_start()
        self.assertEqual(record.state, "running")
        self.assertEqual(len(record.line_ids.filtered("is_handled")), 500)
        with self.assertRaises(UserError):
            record.unlink()
        with self.enter_registry_test_mode():
            self.env.ref("crm_ads_data.ir_cron_ads_import").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(record.state, "done")
        self.assertEqual(record.done_count, 1100)
        self.assertEqual(len(record.line_ids.data_id), 1100)

    def test_transfer_from_the_import(self):
        record = self._run_import(self._import_sample(LEAD_FILES[2]))
        expected = self.expected[LEAD_FILES[2]]
        record.with_user(self.thu).action_transfer()
        transferred = record.line_ids.data_id.filtered("lead_id")
        self.assertEqual(len(transferred), expected["valid"])

    def test_foreign_import_is_out_of_reach(self):
        record = self._import_sample(LEAD_FILES[2])
        for call in ("action_preview", "action_start", "action_download_errors"):
            with self.assertRaises(AccessError):
                getattr(record.with_user(self.bao), call)()
        self.assertFalse(
            self.env["crm.ads.import.line"].with_user(self.bao).search([], limit=1)
        )
        with self.assertRaises(AccessError):
            record.line_ids[0].with_user(self.mai).write({"phone": "0901234567"})

    def test_a_row_that_breaks_does_not_stop_the_others(self):
        record = self._load_text(
            "full_name,phone_number\nA,0905000001\nB,0905000002\nC,0905000003\n"
        )
        ingest = type(self.env["crm.ads.data"])._ingest

        def break_on_b(data, rows, source):
            if any(row["name"] == "B" for row in rows):
                raise ValidationError(BROKEN)
            return ingest(data, rows, source)

        with patch.object(type(self.env["crm.ads.data"]), "_ingest", break_on_b):
            record.action_start()
        self.assertEqual(record.state, "done")
        self.assertEqual(record.line_ids.mapped("state"), ["done", "error", "done"])
        self.assertEqual(record.line_ids[1].message, BROKEN)

    def test_an_import_that_cannot_go_on_says_why_and_starts_again(self):
        lines = "\n".join(f"Person {i},0908{i:06d}" for i in range(600))
        record = self._load_text(f"full_name,phone_number\n{lines}\n")
        record.action_start()
        self.assertEqual(record.state, "running")
        cron = self.env.ref("crm_ads_data.ir_cron_ads_import")
        with (
            self.enter_registry_test_mode(),
            patch.object(
                type(record), "_take_in", side_effect=RuntimeError("no more disk")
            ),
            self.assertLogs("odoo.addons.crm_ads_data", "ERROR"),
        ):
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(record.state, "failed")
        self.assertIn("no more disk", record.failure)
        self._run_import(record)
        self.assertEqual((record.state, record.done_count), ("done", 600))
