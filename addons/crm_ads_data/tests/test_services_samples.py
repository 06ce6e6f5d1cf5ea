import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ..services.columns import map_rows
from ..services.rows import classify, count_states
from ..services.table import read_pasted, read_table

SAMPLES = Path(__file__).parent / "samples"
ENCODINGS = {
    "utf-16-le with BOM": "utf-16-le",
    "utf-8 with BOM": "utf-8-sig",
    "utf-8": "utf-8",
}
DELIMITERS = {"tab": "\t", "comma": ","}
LOCAL = timedelta(hours=7)
# E-mail without phone is accepted (design, "Decisions on data coming in").
DECIDED = {("leads/open_questions.csv", 2): {"state": "new", "reason": None}}


def joined(text):
    """As names are compared: blanks joined, nothing for an empty one."""
    return " ".join((text or "").split()) or None


@tagged("post_install", "-at_install")
class TestServicesSamples(BaseCase):
    """Files as users really send them give exactly what ``expected.json`` says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        text = (SAMPLES / "expected.json").read_text(encoding="utf-8")
        cls.expected = json.loads(text)

    def _expected(self, kind):
        files = {**self.expected["files"], **self.expected["open_questions"]}
        return {
            name: file
            for name, file in files.items()
            if kind in (file["kind"], file.get("loads_as"))
        }

    def _read(self, name):
        return read_table((SAMPLES / name).read_bytes(), name)

    def test_lead_files(self):
        files = self._expected("data")
        self.assertEqual(len(files), 5)
        for name, expected in files.items():
            with self.subTest(name):
                table = self._read(name)
                self._assert_table(table, expected)
                self._assert_rows(name, table, expected)

    def test_report_files(self):
        files = self._expected("insight")
        self.assertEqual(len(files), 6)
        for name, expected in files.items():
            with self.subTest(name):
                table = self._read(name)
                self._assert_table(table, expected)
                total = expected.get("total", expected.get("records"))
                self.assertEqual(len(table.rows), total)

    def test_pastes(self):
        pastes = self.expected["pastes"]
        self.assertEqual(len(pastes), 2)
        for name, expected in pastes.items():
            with self.subTest(name):
                table = read_pasted((SAMPLES / name).read_text(encoding="utf-8"))
                self._assert_table(table, expected)
                self._assert_rows(name, table, expected)

    def test_second_file_after_the_first(self):
        first, second = "leads/meta_leads_utf16.csv", "leads/meta_leads_utf8.csv"
        before = map_rows(self._read(first))
        after = [
            replace(row, row_number=row.row_number + len(before))
            for row in map_rows(self._read(second))
        ]
        found = classify([*before, *after])[len(before) :]
        states = [row.state for row in found]
        expected = self.expected["files"][second]["after_other_file"]
        self.assertEqual(states.count("repeated"), expected["known_lead_ids"])
        self.assertEqual(states.count("new"), expected["valid"])
        self.assertEqual(states.count("duplicate"), expected["duplicates"])
        self.assertEqual(states.count("invalid"), expected["invalid"])

    def test_answers_and_remarks_are_in_the_note(self):
        rows = map_rows(self._read("leads/meta_leads_utf16.csv"))
        self.assertEqual(
            rows[47].note.splitlines(),
            [
                'bạn đang gặp vấn đề gì về da?: Muốn xem "feedback thật"',
                "(không qua chỉnh sửa)",
                "bạn muốn được tư vấn lúc nào?: tối (sau 18h)",
            ],
        )
        questions = map_rows(self._read("leads/open_questions.csv"))
        self.assertEqual(questions[6].note, "máy lẻ 12")

    def _assert_table(self, table, expected):
        if expected["columns"]:
            self.assertEqual(table.header, tuple(expected["columns"]))
        for key, names in (("encoding", ENCODINGS), ("delimiter", DELIMITERS)):
            if key in expected:
                self.assertEqual(getattr(table, key), names[expected[key]])
        if "sheet" in expected:
            self.assertEqual(table.sheet, expected["sheet"])

    def _assert_rows(self, name, table, expected):
        rows = classify(map_rows(table))
        if "total" in expected:
            counts = count_states(rows)
            self.assertEqual(counts, {key: expected[key] for key in counts})
            new = sorted(row.phones[0] for row in rows if row.state == "new")
            self.assertEqual(new, sorted(expected["phones"]))
        self.assertEqual(len(rows), len(expected["rows"]))
        for row, line, wanted in zip(rows, table.lines, expected["rows"], strict=True):
            wanted = {**wanted, **DECIDED.get((name, wanted["row"]), {})}
            with self.subTest(name, row=wanted["row"]):
                self._assert_row(row, line, wanted)

    def _assert_row(self, row, line, wanted):
        phones = [wanted["phone"]] if wanted["phone"] else []
        self.assertEqual(row.row_number, wanted["row"])
        self.assertEqual(
            (row.state, row.reason), (wanted["state"], wanted.get("reason"))
        )
        self.assertEqual(list(row.phones), phones + wanted.get("other_phones", []))
        self.assertEqual(row.name, joined(wanted["name"]))
        self.assertEqual(row.email, wanted.get("email"))
        self.assertEqual(row.external_ref, wanted.get("external_ref"))
        self.assertEqual(line, wanted.get("sheet_row", line))
        if row.state == "duplicate":
            self.assertEqual(row.duplicate_of, wanted["duplicate_of_row"])
        if "ad" in wanted:
            self.assertEqual(row.ad_ref, wanted["ad"])
            self.assertEqual(row.is_organic, wanted["ad"] is None)
            self.assertEqual(str(row.created_time), wanted["created_utc"])
        if "date" in wanted:
            self.assertEqual(str((row.created_time + LOCAL).date()), wanted["date"])
            self.assertEqual(row.ad_name, wanted["ad_name"])
            self.assertEqual(row.note, wanted.get("note", ""))
