import io
import random
import zipfile
from datetime import date, datetime

import openpyxl

from odoo.tests import BaseCase, tagged

from ..services import chat, delimited, encoding, layout, table, workbook
from ..services.columns import map_rows
from ..services.exceptions import TableError
from ..services.rows import classify
from ..services.table import Limits, read_pasted, read_table
from .common import check_doctests

TEXT = "Họ tên;SĐT;Ghi chú\nNguyễn Ánh;0901234567;gọi tối\n"
CELLS = ("Nguyễn Ánh", "0901234567", "gọi tối")
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def workbook_bytes(rows, title="Data", **sheets):
    """An .xlsx with the rows on its first sheet."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name, other in sheets.items():
        sheet = book.create_sheet(name)
        for row in other:
            sheet.append(row)
    return saved(book)


def saved(book):
    """The workbook as bytes."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(content, name, part):
    """The archive with one part replaced or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.namelist():
            if item != name:
                new.writestr(item, old.read(item))
        new.writestr(name, part)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestServicesTable(BaseCase):
    """Files of any make as a table; hostile ones as a ``TableError`` (hazards 2.3)."""

    def assert_code(self, code, content, **options):
        """Reading the content is refused with the code."""
        with self.assertRaises(TableError) as caught:
            read_table(content, **options)
        self.assertEqual(caught.exception.code, code)

    def cells(self, content, **options):
        """The cells of the rows that the content holds."""
        return [cells for _number, cells in read_table(content, **options).rows]

    def test_doctests(self):
        check_doctests(self, table, encoding, delimited, workbook, layout, chat)

    def test_encodings(self):
        text = "Ho ten;SĐT\nHoà;0901234567\n"
        contents = {
            "utf-8": text.encode(),
            "utf-8-sig": text.encode("utf-8-sig"),
            "utf-16-le": b"\xff\xfe" + text.encode("utf-16-le"),
            "utf-16-be": b"\xfe\xff" + text.encode("utf-16-be"),
            "windows-1258": text.replace("à", "a\u0300").encode("windows-1258"),
        }
        contents["utf-16-le without mark"] = text.encode("utf-16-le")
        for name, content in contents.items():
            with self.subTest(name):
                found = read_table(content)
                self.assertEqual(found.encoding, name.split()[0])
                self.assertEqual(found.rows, ((1, ("Hoà", "0901234567")),))

    def test_delimiters_and_line_ends(self):
        for delimiter in ";,\t|":
            for end in ("\n", "\r\n", "\r"):
                text = TEXT.replace(";", delimiter).replace("\n", end)
                found = read_table(text.encode())
                self.assertEqual(found.delimiter, delimiter)
                self.assertEqual([cells for _number, cells in found.rows], [CELLS])

    def test_the_hint_of_excel(self):
        self.assertEqual(self.cells(f"sep=;\n{TEXT}".encode()), [CELLS])

    def test_quoted_cells(self):
        text = 'name,phone,note\n"Trần ""Tí"", Nam",1,"một\r\nhai"\n"Lan" Hoa,2,\n'
        expected = [('Trần "Tí", Nam', "1", "một\nhai"), ("Lan Hoa", "2", "")]
        self.assertEqual(self.cells(text.encode()), expected)
        self.assertEqual(read_table(text.encode()).lines, (2, 4))

    def test_an_open_quote_swallows_nothing(self):
        text = 'name,phone\n"Lan,0901234567\nHoa,0912345678\n'
        self.assertEqual(len(self.cells(text.encode())), 2)

    def test_titles_below_other_lines_and_what_is_no_data(self):
        lines = ["DATA MES,,", ",,", "STT,Tên KH,SĐT", "1,Lan,0901234567", ",,"]
        lines += ["STT,Tên KH,SĐT", "2,Tổng,0912345678", "Tổng cộng,,2", "Tổng,,"]
        found = read_table("\n".join(lines).encode())
        self.assertEqual(found.header, ("STT", "Tên KH", "SĐT"))
        self.assertEqual(
            found.rows,
            ((1, ("1", "Lan", "0901234567")), (2, ("2", "Tổng", "0912345678"))),
        )
        self.assertEqual(found.lines, (4, 7))

    def test_cells_beyond_the_titles_are_kept(self):
        found = read_table(b"name,phone\nLan,0901234567,x\nHoa\n")
        self.assertEqual(found.header, ("name", "phone", ""))
        self.assertEqual(found.rows[1][1], ("Hoa", "", ""))

    def test_without_titles(self):
        found = read_table(b"0901234567,Lan\n0912345678,Hoa\n")
        self.assertEqual([row.name for row in map_rows(found)], ["Lan", "Hoa"])
        self.assertEqual(found.warnings, (("no_header", ""),))

    def test_without_known_titles(self):
        found = read_table("Cột A;Cột B\nx;y\n".encode())
        self.assertEqual((found.header, len(found.rows)), (("Cột A", "Cột B"), 1))

    def test_titles_only(self):
        found = read_table(b"full_name,phone_number\n")
        self.assertEqual(
            (found.header, found.rows), (("full_name", "phone_number"), ())
        )

    def test_workbook_values(self):
        row = [
            "Lan",
            901234567,
            84901234567.0,
            datetime(2026, 10, 1),
            date(2026, 10, 2),
        ]
        row += [datetime(2026, 10, 1, 8, 30), True, 1.25, None, "#N/A", "'0901"]
        header = ["Tên", "SĐT", *map(str, range(9))]
        content = workbook_bytes([header, row])
        expected = ("Lan", "901234567", "84901234567", "2026-10-01", "2026-10-02")
        expected += ("2026-10-01T08:30:00", "true", "1.25", "", "", "'0901")
        self.assertEqual(self.cells(content), [expected])

    def test_formula_text_stays_text(self):
        book = openpyxl.Workbook()
        book.active.append(["name", "phone"])
        book.active["A2"].value = "=HYPERLINK(1)"
        book.active["A2"].data_type = "s"
        book.active["B2"] = "=1+1"
        self.assertEqual(self.cells(saved(book)), [("=HYPERLINK(1)", "")])

    def test_cells_merged_downwards(self):
        book = openpyxl.Workbook()
        for row in (
            ["TIÊU ĐỀ"],
            ["Ngày", "SĐT"],
            ["1/10", 1],
            [None, 2],
            [],
            [None, 3],
        ):
            book.active.append(row)
        book.active.merge_cells("A1:B1")
        book.active.merge_cells("A3:A6")
        found = self.cells(saved(book))
        self.assertEqual(found, [("1/10", "1"), ("1/10", "2"), ("1/10", "3")])

    def test_sheets(self):
        data = [["Tên", "SĐT"], ["Lan", "1"]]
        content = workbook_bytes(
            [["Quy định"]], "Ghi chú", T10=data, T11=[["Tên", "SĐT"]]
        )
        found = read_table(content)
        self.assertEqual(found.sheet, "T10")
        self.assertEqual(found.warnings, (("other_sheets", "Ghi chú, T11"),))
        self.assertEqual(read_table(content, sheet="T11").rows, ())
        self.assert_code("sheet_missing", content, sheet="T12")

    def test_hidden_sheets_are_not_chosen(self):
        book = openpyxl.load_workbook(
            io.BytesIO(
                workbook_bytes([["Tên", "SĐT"]], "A", B=[["Tên", "SĐT"], ["Lan", "1"]])
            )
        )
        book["A"].sheet_state = "hidden"
        self.assertEqual(read_table(saved(book)).sheet, "B")

    def test_pasted_from_a_sheet(self):
        text = 'Tên\tSĐT\tGhi chú\n\n"Lan"\t0901234567\t"một\nhai"\nClip "x"\t1\t\n'
        found = read_pasted(text)
        self.assertEqual(found.rows[0][1], ("Lan", "0901234567", "một\nhai"))
        self.assertEqual(found.rows[1][1], ('Clip "x"', "1", ""))
        self.assertEqual(found.delimiter, "\t")

    def test_pasted_without_titles(self):
        text = "01/10/2026\tc Ánh\t0901234567\tMáy ép\nLan lan@b.example\n09xx 123\n"
        found = map_rows(read_pasted(text))
        self.assertEqual(found[0].phones, ("+84901234567",))
        self.assertEqual((found[0].name, found[0].note), ("c Ánh", "Máy ép"))
        self.assertEqual(found[0].created_time, datetime(2026, 9, 30, 17))
        self.assertEqual((found[1].email, found[1].reason), ("lan@b.example", None))
        self.assertFalse(found[2].phones)

    def test_limits(self):
        content = b"name,phone\n" + b"Lan,1\n" * 100
        sheet = workbook_bytes([["name", "phone"]] + [["Lan", 1]] * 100)
        wide = ",".join(["c"] * 201).encode()
        for each in (content, sheet):
            self.assert_code("too_many_rows", each, limits=Limits(max_rows=50))
            self.assert_code("too_many_columns", each, limits=Limits(max_columns=1))
            self.assert_code("too_large", each, limits=Limits(max_bytes=100))
        self.assert_code("too_many_columns", wide)
        self.assertEqual(len(read_table(wide[2:]).header), 200)
        self.assert_code("too_large", sheet, limits=Limits(max_unzipped=1000))
        self.assert_code("cell_too_large", b"name,phone\n" + b"x" * 2**20 + b",1\n")
        with self.assertRaises(TableError):
            read_pasted(" \n")

    def test_other_formats(self):
        good = workbook_bytes([["name", "phone"]])
        old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100
        self.assert_code("old_excel", old)
        self.assert_code("encrypted", old + "EncryptedPackage".encode("utf-16-le"))
        self.assert_code("macro", with_part(good, "xl/vbaProject.bin", b"x"))
        self.assert_code("unsupported_format", with_part(good, "xl/workbook.bin", b"x"))
        for start in (b"%PDF-1.4", b"\x89PNG\r\n", b"<html><table>", b"<?xml version"):
            self.assert_code("unsupported_format", start + b" name,phone")
        for empty in (b"", b" \r\n", b"\xef\xbb\xbf", b"\xff\xfe"):
            self.assert_code("empty", empty)
        self.assert_code("empty", workbook_bytes([]))

    def test_bombs(self):
        good = workbook_bytes([["name", "phone"], ["Lan", 1]])
        cells = '<c r="{0}"><v>1</v></c>'
        parts = {
            "far row": f'<row r="999999999">{cells.format("A999999999")}</row>',
            "far column": f'<row r="1">{cells.format("XFD1")}</row>',
        }
        for name, part in parts.items():
            sheet = f"{SHEET}<sheetData>{part}</sheetData></worksheet>"
            with self.subTest(name), self.assertRaises(TableError):
                read_table(with_part(good, "xl/worksheets/sheet1.xml", sheet))
        row = '<row r="{0}"><c r="A{0}"><v>1</v></c></row>'
        merged = '<mergeCell ref="A1:A1048576"/>' * 100
        sheet = f"{SHEET}<sheetData>{row.format(1)}{row.format(10**6)}</sheetData>"
        sheet = f"{sheet}<mergeCells>{merged}</mergeCells></worksheet>"
        content = with_part(good, "xl/worksheets/sheet1.xml", sheet)
        self.assert_code("not_readable", content)
        entity = f'<!DOCTYPE x [<!ENTITY a "b">]>{SHEET}</worksheet>'
        content = with_part(good, "xl/worksheets/sheet1.xml", entity)
        self.assert_code("not_readable", content)

    def test_noise_raises_table_errors_only(self):
        rng = random.Random(19)
        good = [workbook_bytes([["name", "phone"], ["Lan", 1]]), TEXT.encode()]
        good += [TEXT.encode("utf-16"), b"name,phone\n\x00\x00,\x00\n"]
        for turn in range(400):
            content = bytearray(rng.choice([rng.randbytes(500), *good]))
            for _change in range(turn % 8):
                content[rng.randrange(len(content))] = rng.randrange(256)
            self._read_quietly(bytes(content))
            self._read_pasted_quietly(content.decode("utf-8", "surrogateescape"))

    def test_damaged_parts_raise_table_errors_only(self):
        rng = random.Random(20)
        good = workbook_bytes([["name", "phone"], ["Lan", datetime(2026, 10, 1)]])
        with zipfile.ZipFile(io.BytesIO(good)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        for _turn in range(150):
            name = rng.choice(list(parts))
            part = bytearray(parts[name])
            for _change in range(rng.choice([1, 3, 30])):
                part[rng.randrange(len(part))] = rng.choice(b'0129<>"/=AZ \x00\xff')
            self._read_quietly(with_part(good, name, bytes(part)))

    def test_odd_texts_raise_table_errors_only(self):
        for text in (
            "\ud800 0901234567 \udfff",
            "x" * 2**20,
            "\0",
            "@" * 10**5,
            '"' * 999,
        ):
            self._read_pasted_quietly(text)
            self._read_quietly(text.encode("utf-8", "surrogatepass"))
        row = map_rows(read_pasted("\ud800Lan\0 0901234567"))[0]
        self.assertEqual((row.name, row.phones), ("Lan", ("+84901234567",)))

    def _read_quietly(self, content):
        try:
            classify(map_rows(read_table(content)))
        except TableError as error:
            self.assertTrue(error.code)

    def _read_pasted_quietly(self, text):
        try:
            classify(map_rows(read_pasted(text)))
        except TableError as error:
            self.assertTrue(error.code)
