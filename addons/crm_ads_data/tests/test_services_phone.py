from odoo.tests import BaseCase, tagged

from ..services import dates, exceptions, numbering, phone, spellings, text
from ..services.phone import mask_phone, parse_phones, phone_key
from ..services.text import email_key, is_formula_like, normalise_name, safe_cell
from .common import check_doctests

NUMBER = "+84901234567"
SPELLINGS = (
    "0901234567",
    "84901234567",
    "+84901234567",
    "0084901234567",
    "+84 (0) 901 234 567",
    "+840901234567",
    "840901234567",
    "(+84) 90 123 4567",
    "(090)1234567",
    "0901.234.567",
    "0901-234-567",
    "090 123 4567",
    "0901\u00a0234\u2009567",
    "0901–234–567",
    "901234567",
    901234567,
    901234567.0,
    "901234567.0",
    "9.01234567E8",
    "9,01234567e+8",
    "'0901234567",
    "p:0901234567",
    "p:'0901234567",
    "SĐT: 0901234567",
    "Điện thoại 0901234567",
    "tel:0901234567",
    "\u202a0901234567\u202c",
    "09\u200b01234567\ufeff",
    "０９０１２３４５６７",
    "＋８４９０１２３４５６７",
    "0901/234/567",
    "0901,234,567",
)
OLD_PREFIXES = (
    "0120 070,0121 079,0122 077,0126 076,0128 078,0123 083,0124 084,0125 085,0127 081,"
    "0129 082,0162 032,0163 033,0164 034,0165 035,0166 036,0167 037,0168 038,0169 039,"
    "0186 056,0188 058,0199 059"
)
REASONS = {
    "phone_missing": ("", None, False, "p:", " - ", "'", "+", "SĐT:"),
    "phone_too_short": (
        "12345",
        "091234567",
        "+8412345",
        12345678,
        "0912 345",
        "+61 41",
    ),
    "phone_too_long": ("09012345678", "0901 234 567 8", "1" * 30, "+84" + "9" * 15),
    "phone_bad_prefix": ("0412345678", "0000000000", "0123456789", "+999123456789"),
    "phone_not_a_number": (
        *("chưa có", "không dùng điện thoại", "09xx xxx xxx", "gọi sau 5h", "\ud800x"),
        *("O845798541", "09O1234567", "0901234567O", "<test lead: dummy data>"),
    ),
    "phone_precision_lost": ("8.49E+10", "9.01235E+08", "p:8,49E+10", "9E8"),
}
SEVERAL = {
    "0825.156.169 - 0763092960": ("+84825156169", "+84763092960"),
    "0765 709 810 hoặc +84338525348": ("+84765709810", "+84338525348"),
    "0826759980\n0926524087": ("+84826759980", "+84926524087"),
    "0901234567 0912345678": (NUMBER, "+84912345678"),
    "090 123 4567 091 234 5678": (NUMBER, "+84912345678"),
    "0901.234.567-0912.345.678": (NUMBER, "+84912345678"),
    "+84901234567+84912345678": (NUMBER, "+84912345678"),
    "028 3836 9443; 0901234567": ("+842838369443", NUMBER),
    "0901234567 / 84901234567": (NUMBER,),
    "0901234567 / 12345": (NUMBER,),
}
OTHERS = {
    "02833694433": "+842833694433",
    "029 2321 3953": "+842923213953",
    "2833694433": "+842833694433",
    "+61412345678": "+61412345678",
    "0061412345678": "+61412345678",
    "+1 (650) 253-0000": "+16502530000",
}


@tagged("post_install", "-at_install")
class TestServicesPhone(BaseCase):
    """Every spelling of a number is one number; what is none says why (002.19)."""

    def test_doctests(self):
        check_doctests(self, phone, spellings, text, dates, exceptions)

    def test_spellings_of_one_number(self):
        for spelling in SPELLINGS:
            with self.subTest(spelling):
                self.assertEqual(parse_phones(spelling).numbers, (NUMBER,))
                self.assertEqual(phone_key(spelling), NUMBER)

    def test_old_prefixes_with_and_without_their_zero(self):
        for pair in OLD_PREFIXES.split(","):
            old, new = pair.split()
            expected = (f"+84{new[1:]}1234567",)
            written = (f"{old}1234567", f"{old[1:]}1234567", f"+84{old[1:]} 123 4567")
            for spelling in written:
                with self.subTest(spelling):
                    self.assertEqual(parse_phones(spelling).numbers, expected)

    def test_several_numbers_in_their_order(self):
        for cell, numbers in SEVERAL.items():
            with self.subTest(cell):
                self.assertEqual(parse_phones(cell).numbers, numbers)

    def test_landlines_and_numbers_abroad(self):
        for cell, number in OTHERS.items():
            with self.subTest(cell):
                self.assertEqual(parse_phones(cell).numbers, (number,))

    def test_reasons(self):
        for reason, cells in REASONS.items():
            for cell in cells:
                with self.subTest(cell):
                    result = parse_phones(cell)
                    self.assertEqual((result.numbers, result.reason), ((), reason))

    def test_service_numbers_are_nobodys(self):
        for cell in ("19001234", "1900 545 415", "113"):
            self.assertFalse(parse_phones(cell).numbers, cell)

    def test_what_stands_beside_the_number_is_kept(self):
        rests = {
            "02833694433 máy lẻ 12": "máy lẻ 12",
            "0901234567 (chị Hoa)": "chị Hoa",
            "0901234567 hoặc 0912345678": "",
            "SĐT: 0901234567 - gọi tối": "gọi tối",
        }
        for cell, rest in rests.items():
            self.assertEqual(parse_phones(cell).rest, rest)

    def test_the_fast_way_agrees_with_the_library(self):
        for prefix in range(1000):
            cell = f"{prefix:03d}123456"
            quick = numbering.MOBILE.fullmatch(cell)
            if quick:
                self.assertEqual(phone._by_library(f"+84{cell}", None), f"+84{cell}")

    def test_another_region(self):
        self.assertEqual(parse_phones("0412345678", "AU").numbers, ("+61412345678",))
        self.assertEqual(parse_phones("+84901234567", "AU").numbers, (NUMBER,))
        self.assertEqual(parse_phones("12", "AU").reason, "phone_too_short")

    def test_masks_show_no_more_than_six_digits(self):
        self.assertEqual(mask_phone("+842833694433"), "+84 283 *** 433")
        for number in ("", None, "1234", "+1234567", "090", "abc", "+84901234567"):
            shown = sum(char.isdigit() for char in mask_phone(number).split(" ", 1)[-1])
            self.assertLessEqual(shown, 6, number)

    def test_texts(self):
        self.assertEqual(normalise_name("'  Cô Ba\n Bến\u00a0Tre "), "Cô Ba Bến Tre")
        self.assertEqual(normalise_name("Mẹ Sóc 🐿️"), "Mẹ Sóc 🐿️")
        self.assertEqual(email_key("Lan@KHACH.example,"), "lan@khach.example")
        self.assertIsNone(email_key("@" * 5000 + "a"))
        for formula in ("=1+1", "+cmd", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1"):
            self.assertTrue(is_formula_like(formula))
            self.assertEqual(safe_cell(formula), f"'{formula}")
        self.assertEqual(safe_cell(NUMBER), NUMBER)
