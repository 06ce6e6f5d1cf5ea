import base64
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged

from ..models.data.crm_ads_import_run import MAX_ATTEMPTS
from .common import SAMPLES, AdsDataCommon


@tagged("post_install", "-at_install")
class TestCrmAdsImportRun(AdsDataCommon):
    """The background run: counts, attempts, notifications, messages (design rule 4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("crm_ads_data.ir_cron_ads_import")

    def _load(self, text, user=None):
        record = (
            self.env["crm.ads.import"]
            .with_user(user or self.mai)
            .create(
                {
                    "file": base64.b64encode(text.encode()),
                    "filename": "list.csv",
                    "account_id": self.account.id,
                }
            )
        )
        record.action_preview()
        return record

    def _start_long(self, count=1100):
        lines = "\n".join(f"P{i},0907{i:06d}" for i in range(count))
        record = self._load(f"Tên,SĐT\n{lines}\n")
        record.action_start()
        self.assertEqual(record.state, "running")
        return record

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _notifications(self, record):
        self.env.cr.precommit.run()  # the bus sends when the work is committed
        rows = self.env["bus.bus"].search([("message", "like", "simple_notification")])
        return [row for row in rows.mapped("message") if record.filename in row]

    def test_conflict_with_somebody_is_tried_again(self):
        record = self._start_long()
        model = type(record)
        process, calls = model._process_batch, []

        def conflict_first(this):
            calls.append(this)
            if len(calls) == 1:
                raise psycopg2.errors.SerializationFailure("could not serialize")
            return process(this)

        with patch.object(model, "_process_batch", conflict_first):
            self._run_cron()
        self.assertEqual((record.state, record.done_count), ("done", 1100))
        self.assertEqual(record.attempts, 0)

    def test_conflict_without_end_stops(self):
        record = self._start_long()
        with patch.object(
            type(record),
            "_process_batch",
            side_effect=psycopg2.errors.SerializationFailure("could not serialize"),
        ) as process:
            self._run_cron()
            self.assertEqual(process.call_count, MAX_ATTEMPTS)
            self.assertEqual(record.state, "failed")
            self.assertIn(str(MAX_ATTEMPTS), record.failure)
            self._run_cron()
            self.assertEqual(process.call_count, MAX_ATTEMPTS)
        self._run_import(record)
        self.assertEqual((record.state, record.done_count), ("done", 1100))

    def test_batch_that_takes_the_server_down_stops(self):
        record = self._start_long()
        record.sudo().attempts = MAX_ATTEMPTS  # as servers that were killed leave it
        self._run_cron()
        self.assertEqual((record.state, record.done_count), ("failed", 500))

    def test_run_goes_on_as_who_started_it_and_tells_when_done(self):
        record = self._start_long()
        record.with_user(self.thu).sudo().user_id = self.thu
        self._run_cron()
        last = record.line_ids[-1].data_id
        self.assertEqual(last.create_uid, self.thu)
        self.assertEqual(record.state, "done")
        self.assertTrue(
            [text for text in self._notifications(record) if "1100 of 1100" in text]
        )

    def test_failure_is_told_as_well(self):
        record = self._start_long()
        with (
            patch.object(type(record), "_take_in", side_effect=RuntimeError("no disk")),
            self.assertLogs("odoo.addons.crm_ads_data", "ERROR"),
        ):
            self._run_cron()
        self.assertEqual(record.state, "failed")
        self.assertTrue(
            [text for text in self._notifications(record) if "no disk" in text]
        )

    def test_one_bad_row_among_many_is_found_by_halving(self):
        lines = "\n".join(f"P{i},0907{i:06d}" for i in range(300))
        record = self._load(f"Tên,SĐT\n{lines}\n")
        data = type(self.env["crm.ads.data"])
        ingest, calls = data._ingest, []

        def break_on_one(this, rows, source):
            calls.append(len(rows))
            if any(row["name"] == "P123" for row in rows):
                raise psycopg2.DataError("value out of range")
            return ingest(this, rows, source)

        with patch.object(data, "_ingest", break_on_one):
            record.action_start()
        self.assertEqual((record.done_count, record.error_count), (299, 1))
        self.assertEqual(record.progress, 100)
        self.assertLess(len(calls), 20)
        bad = record.line_ids.filtered(lambda line: line.state == "error")
        self.assertEqual((bad.name, bad.message), ("P123", "value out of range"))

    def test_many_rows_are_shown_in_part_bad_ones_first(self):
        lines = "\n".join(f"P{i},0907{i:06d}" for i in range(300))
        record = self._load(f"Tên,SĐT\n{lines}\nBad,12\n")
        self.assertEqual(record.total_count, 301)
        shown = record.shown_line_ids
        self.assertEqual((len(shown), shown[0].name), (100, "Bad"))
        action = record.action_open_lines()
        lines = self.env[action["res_model"]].with_user(self.mai)
        self.assertEqual(lines.search_count(action["domain"]), 301)

    def test_letters_that_cannot_be_stored_do_no_harm(self):
        rest = "dài " * 60
        record = self._load(
            f'Tên,SĐT,Ghi chú\n"La\x00n",0905000001,"a\\u0000b \x02 {rest}"\n'
        )
        self._run_import(record)
        self.assertEqual(record.line_ids.data_id.name, "Lan")

    def test_file_that_names_only_ads_makes_each_once(self):
        lines = "\n".join(f"P{i},0907{i:06d},Video 1" for i in range(1100))
        record = self._load(f"Tên,SĐT,Tên quảng cáo\n{lines}\n")
        self._run_import(record)
        self.assertEqual(len(record.line_ids.data_id.ad_id), 1)

    def test_queries_per_batch_do_not_grow_with_the_rows(self):
        def take_in(start, count):
            lines = "\n".join(f"P{i},0908{start + i:06d}" for i in range(count))
            record = self._load(f"Tên,SĐT\n{lines}\n")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            record.action_start()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        take_in(0, 5)
        few = take_in(100, 5)
        # the ORM's INSERT goes in parts of 100 rows
        self.assertLessEqual(take_in(200, 400), few + 8)

    def test_unreadable_files_say_what_to_do(self):
        cases = {
            "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old Excel"),
            "locked.xlsx": (
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
                + "EncryptedPackage".encode("utf-16-le"),
                "password",
            ),
            "photo.png": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "PNG"),
            "empty.csv": (b" \n ", "empty"),
            "wide.csv": (b",".join(b"t%d" % i for i in range(300)), "columns"),
        }
        for filename, (content, message) in cases.items():
            with self.subTest(filename):
                record = self.env["crm.ads.import"].create(
                    {
                        "file": base64.b64encode(content),
                        "filename": filename,
                        "account_id": self.account.id,
                    }
                )
                with self.assertRaisesRegex(Exception, message):
                    record.action_preview()

    def test_workbook_with_other_sheets_says_which_was_read(self):
        content = (SAMPLES / "mes" / "mes_data_thang_10.xlsx").read_bytes()
        record = self.env["crm.ads.import"].create(
            {
                "file": base64.b64encode(content),
                "filename": "mes.xlsx",
                "account_id": self.account.id,
            }
        )
        record.action_preview()
        self.assertIn("has others", record.remark)
