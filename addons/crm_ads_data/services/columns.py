"""Which column holds what, and a table's rows as rows of customer data.

Columns are found by their titles in Vietnamese and English, never by their place;
case, accents, punctuation and decomposed Unicode do not count. A column that nothing
is known of is a question of the form: it goes into the note with its answer.

Cost: about 70 µs per row of a Meta export with 18 columns.

>>> match_columns(["STT", "Họ và tên", "SĐT", "Màu da"])
{'sequence': 0, 'name': 1, 'phone': 2}
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from .dates import VIETNAM, common_year, parse_moment
from .phone import MISSING, parse_phones
from .text import (
    alias_key,
    clean_text,
    email_key,
    join_blanks,
    normalise_name,
    normalise_note,
    strip_apostrophe,
)

ALIASES = {
    "external_ref": "id|lead id|leadgen id|id lead|mã lead|id khách hàng tiềm năng",
    "created_time": "created time|created at|created|time|date|day|ngày|ngày tạo"
    "|thời gian|thời gian tạo|ngày giờ|ngày nhận|ngày xin số|thời gian gửi"
    "|submitted at",
    "ad_ref": "ad id|id quảng cáo|mã quảng cáo",
    "ad_name": "ad name|ad|ads|tên quảng cáo|quảng cáo|tên ads",
    "adset_ref": "adset id|ad set id|id nhóm quảng cáo",
    "adset_name": "adset name|ad set name|tên nhóm quảng cáo|nhóm quảng cáo",
    "campaign_ref": "campaign id|id chiến dịch|mã chiến dịch",
    "campaign_name": "campaign name|campaign|tên chiến dịch|chiến dịch",
    "form_ref": "form id|id biểu mẫu",
    "form_name": "form name|form|tên biểu mẫu|biểu mẫu",
    "is_organic": "is organic|organic",
    "platform": "platform|nền tảng",
    "name": "full name|name|customer|customer name|họ và tên|họ tên|tên đầy đủ|tên"
    "|tên kh"
    "|họ tên kh|tên khách|khách|kh|tên khách hàng|khách hàng|họ tên khách hàng"
    "|họ và tên khách hàng|họ tên khách",
    "first_name": "first name",
    "last_name": "last name|surname|họ|họ đệm|họ và tên đệm",
    "phone": "phone number|phone|mobile|mobile phone|mobile number|tel|telephone|sđt"
    "|số đt"
    "|đt|điện thoại|số điện thoại|di động|số di động|số liên hệ|sđt kh|sđt khách"
    "|sđt khách hàng|số điện thoại khách hàng|work phone number",
    "phone2": "phone 2|phone number 2|second phone|sđt 2|số điện thoại 2|điện thoại 2"
    "|sđt phụ|số phụ",
    "email": "email|e mail|mail|email address|địa chỉ email|thư điện tử|work email",
    "province": "province|city|state|tỉnh|thành phố|tỉnh thành|tỉnh thành phố|tỉnh tp"
    "|tỉnh thành phố trực thuộc trung ương|province city",
    "product": "product|product name|sản phẩm|tên sản phẩm|sp|sản phẩm quan tâm",
    "note": "note|notes|ghi chú|nội dung|lời nhắn|tin nhắn|remark|remarks|comment",
    # known, and nothing that a salesperson would want to read
    "sequence": "stt|no|số thứ tự|tt",
    "lead_status": "lead status",
    "inbox_url": "inbox url",
}
# A second column of the first kind is one of the second kind.
_SECOND = {"phone": "phone2"}
# Whole sentences that forms ask with; they decide when no title is the plain word.
_PHRASES = {
    "phone": ("so dien thoai", "phone number"),
    "name": ("ho va ten", "full name"),
    "email": ("dia chi email", "email address"),
}
_FIELD_BY_ALIAS = {
    alias_key(alias): name
    for name, aliases in ALIASES.items()
    for alias in aliases.split("|")
}

_REF_MARK = re.compile(r"(?:l|ag|as|c|f|p):\s*")
_ROUNDED_REF = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")
_TEST_MARK = "<test lead:"
_TEST_EMAILS = {"test@meta.com", "test@fb.com"}
_TRUE = {"true", "1", "yes", "đúng", "có"}


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One person of a file or a paste.

    Texts are None where the row says nothing (``note`` is ""). ``phones`` are E.164 in
    the order of the cell, ``phone_text`` is what it said. ``reason`` is why the row can
    be nobody's data: a code of ``services.phone``, ``test_lead``, or None; an e-mail
    address stands in where the row gives no phone at all. ``created_time`` is naive
    UTC. ``raw`` holds the cells as they stood, by title, in the order of the columns.
    ``state`` and ``duplicate_of`` (a row number) are set by ``services.rows.classify``.
    """

    row_number: int
    name: str | None = None
    phones: tuple[str, ...] = ()
    phone_text: str | None = None
    reason: str | None = None
    email: str | None = None
    external_ref: str | None = None
    ad_ref: str | None = None
    ad_name: str | None = None
    adset_name: str | None = None
    campaign_ref: str | None = None
    campaign_name: str | None = None
    form_name: str | None = None
    platform: str | None = None
    product: str | None = None
    created_time: datetime | None = None
    note: str = ""
    province: str | None = None
    is_organic: bool | None = None
    is_test: bool = False
    raw: dict[str, str] = field(default_factory=dict)
    state: str | None = None
    duplicate_of: int | None = None


def match_columns(header):
    """The index of each known column by the name of its field.

    The first column of a kind counts; what is left is a question of the form.

    >>> match_columns(["TE\\u0302N KH", "Điện_thoại", "SDT", "so\\u0302\\u0301 tiền"])
    {'name': 0, 'phone': 1, 'phone2': 2}
    >>> match_columns(["id", "Để lại số điện thoại của bạn nhé"])
    {'external_ref': 0, 'phone': 1}
    """
    keys = [alias_key(title) for title in header]
    mapping = {}
    for index, key in enumerate(keys):
        name = _FIELD_BY_ALIAS.get(key)
        if name in mapping:
            name = _SECOND.get(name)
        if name and name not in mapping:
            mapping[name] = index
    taken = set(mapping.values())
    for name, phrases in _PHRASES.items():
        if name not in mapping:
            index = _find_phrase(keys, phrases, taken)
            if index is not None:
                mapping[name] = index
                taken.add(index)
    return mapping


def column_keys(header):
    """What a column is remembered by: its title, whatever its spelling.

    Titles that stand there twice are told apart; one without letters is known by its
    place in just this header.

    >>> column_keys(["Số ĐT", "so dt", "***"])
    ('so dt', 'so dt 2', 'so dt so dt / 3')
    """
    keys = [alias_key(title) for title in header]
    whole = " ".join(filter(None, keys))
    seen, found = Counter(), []
    for index, key in enumerate(keys):
        seen[key] += 1
        if not key:
            found.append(f"{whole} / {index + 1}")
        else:
            found.append(f"{key} {seen[key]}" if seen[key] > 1 else key)
    return tuple(found)


def map_rows(table, mapping=None, **options):
    """Every row of the table as a ``LeadRow``, in order: ``iter_rows`` as a list."""
    return list(iter_rows(table, mapping, **options))


def iter_rows(table, mapping=None, *, tz=VIETNAM, year=None, default_region="VN"):
    """Each row of the table as a ``LeadRow``, in order, one at a time.

    :param table: a ``services.table.Table``
    :param mapping: what ``match_columns`` gave, or as a person changed it
    :param tz: time zone of moments without offset
    :param year: year of days without one; else the most common year of the column,
        else the present one
    :param default_region: whose numbers those without country are
    """
    if mapping is None:
        mapping = match_columns(table.header)
    index = mapping.get("created_time")
    if index is not None and year is None:
        year = common_year(cells[index] for _number, cells in table.rows)
    mapper = _Mapper(table.header, mapping, tz, year, default_region)
    for number, cells in table.rows:
        yield mapper.map(number, cells)


def map_row(table, mapping, position=0):
    """The row at the position as a ``LeadRow``; ``map_rows`` is the way for many.

    >>> from .table import read_pasted
    >>> table = read_pasted("Tên\\tSĐT\\tMàu_da?\\n Lan \\t0901234567\\tda_dầu\\n")
    >>> row = map_row(table, match_columns(table.header))
    >>> row.name, row.phones, row.note
    ('Lan', ('+84901234567',), 'Màu da?: da dầu')
    """
    one = replace(table, rows=(table.rows[position],))
    return map_rows(one, mapping)[0]


class _Mapper:
    """Maps the rows of one table; knows its titles, columns and defaults."""

    def __init__(self, header, mapping, tz, year, region):
        self.keys = _unique(header)
        self.mapping = mapping
        self.tz = tz
        self.year = year or datetime.now(tz).year
        self.region = region
        taken = set(mapping.values())
        self.questions = [
            (index, _question(title))
            for index, title in enumerate(header)
            if index not in taken
        ]

    def map(self, number, cells):
        """The cells of one row as a ``LeadRow``."""
        contact = self._contact(cells)
        return LeadRow(
            row_number=number,
            name=self._name(cells),
            external_ref=self._ref(cells, "external_ref"),
            ad_ref=self._ref(cells, "ad_ref"),
            ad_name=self._text(cells, "ad_name"),
            adset_name=self._text(cells, "adset_name"),
            campaign_ref=self._ref(cells, "campaign_ref"),
            campaign_name=self._text(cells, "campaign_name"),
            form_name=self._text(cells, "form_name"),
            platform=self._text(cells, "platform"),
            product=self._text(cells, "product"),
            created_time=self._moment(cells),
            note=self._note(cells, contact.pop("rest")),
            province=self._text(cells, "province"),
            is_organic=self._is_organic(cells),
            raw=dict(zip(self.keys, cells, strict=True)),
            **contact,
        )

    def _cell(self, cells, name):
        index = self.mapping.get(name)
        return "" if index is None else cells[index]

    def _text(self, cells, name):
        text = self._cell(cells, name)
        return normalise_name(text) if text else None

    def _ref(self, cells, name):
        text = self._text(cells, name)
        text = text and _REF_MARK.sub("", text, count=1)
        # an id that a spreadsheet has rounded is the id of somebody else
        return None if not text or _ROUNDED_REF.fullmatch(text) else text

    def _name(self, cells):
        parts = [self._text(cells, name) for name in ("last_name", "first_name")]
        name = self._text(cells, "name")
        if name and parts[0] and not parts[1] and "name" in self.mapping:
            return f"{parts[0]} {name}"
        return name or " ".join(filter(None, parts)) or None

    def _contact(self, cells):
        """Phones, e-mail, and why the row is nobody's data."""
        phone, phone2 = self._cell(cells, "phone"), self._cell(cells, "phone2")
        first = parse_phones(phone, self.region)
        numbers, rest = first.numbers, first.rest
        if phone2.strip():
            second = parse_phones(phone2, self.region)
            numbers = tuple(dict.fromkeys(numbers + second.numbers))
            rest = "\n".join(filter(None, (rest, second.rest)))
        email = email_key(self._cell(cells, "email"))
        is_test = email in _TEST_EMAILS or any(
            cell.startswith((_TEST_MARK, f"p:{_TEST_MARK}"))
            for cell in (phone, self._cell(cells, "name"), self._cell(cells, "email"))
        )
        reason = None if numbers else first.reason
        if email and reason == MISSING and not f"{phone}{phone2}".strip():
            reason = None
        return {
            "phones": numbers,
            "phone_text": self._phone_text(phone, phone2),
            "email": email,
            "is_test": is_test,
            "reason": "test_lead" if is_test else reason,
            "rest": rest,
        }

    def _phone_text(self, *cells):
        """What stands where phones stand, without the mark that Meta puts before it."""
        texts = (strip_apostrophe(clean_text(cell).strip()) for cell in cells)
        return (
            " / ".join(filter(None, (text.removeprefix("p:") for text in texts)))
            or None
        )

    def _moment(self, cells):
        text = self._cell(cells, "created_time")
        return parse_moment(text, self.tz, self.year) if text else None

    def _is_organic(self, cells):
        text = self._cell(cells, "is_organic").strip().casefold()
        return text in _TRUE if text else None

    def _note(self, cells, rest):
        lines = [normalise_note(self._cell(cells, "note"))]
        for index, question in self.questions:
            answer = cells[index] and normalise_note(cells[index])
            if answer:
                lines.append(f"{question}{_answer(answer)}")
        lines.append(rest)
        return "\n".join(filter(None, lines))


def _find_phrase(keys, phrases, taken):
    for index, key in enumerate(keys):
        if index not in taken and any(phrase in key for phrase in phrases):
            return index
    return None


def _unique(header):
    """The titles, told apart where two are the same or one is empty."""
    keys = {}
    for title in header:
        key, number = title, 1
        while key in keys:
            number += 1
            key = f"{title} ({number})"
        keys[key] = None
    return list(keys)


def _question(title):
    """What stands before the answer: the title in words, nothing without a title."""
    text = strip_apostrophe(clean_text(title)).replace("_", " ")
    text = join_blanks(text).rstrip(" :")
    return f"{text}: " if text else ""


def _answer(text):
    """A choice of the form (``da_dầu,_mụn``) in words; other answers as they are."""
    return text.replace("_", " ") if " " not in text and "://" not in text else text
