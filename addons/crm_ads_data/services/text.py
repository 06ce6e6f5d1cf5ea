"""Texts as people and spreadsheets write them, made comparable and safe.

>>> normalise_name("  Nguyễn   Văn\\nBình ")
'Nguyễn Văn Bình'
>>> safe_cell("=1+1"), safe_cell("+84901234567"), safe_cell("+84 gọi em nhé")
("'=1+1", '+84901234567', "'+84 gọi em nhé")
"""

import re
import unicodedata

# Zero-width and direction marks that copying leaves behind; joiners and variation
# selectors stay, because emoji are made of them.
_INVISIBLE = dict.fromkeys(
    [0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF]
    + [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
# What PostgreSQL cannot hold or nobody can see: control characters but tabs and line
# ends, and halves of surrogate pairs.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PLAIN_NUMBER = re.compile(r"\+?[0-9]+")
_EMAIL = re.compile(
    r"[^\s@<>()\[\]\",;:|]{1,64}@(?:[^\s@<>()\[\]\",;:|./]{1,63}\.){1,8}[^\W\d_]{2,63}"
)


def clean_text(value):
    """Text that can be stored, in composed Unicode (NFC); None is ``""``.

    >>> clean_text("a\\x00b\\ud800\\ufeff"), clean_text(None), clean_text("Ti\\u0301")
    ('ab', '', 'Tí')
    """
    text = "" if value is None else str(value)
    if text.isascii() and text.isprintable():
        return text
    text = _UNSTORABLE.sub("", text).translate(_INVISIBLE)
    return unicodedata.normalize("NFC", text)


def strip_apostrophe(text):
    """Without the one apostrophe by which a spreadsheet marks a cell as text.

    >>> strip_apostrophe("'0901234567"), strip_apostrophe("''a")
    ('0901234567', "'a")
    """
    return text.removeprefix("'")


def join_blanks(text):
    """Trimmed, each run of blanks or line ends one blank.

    >>> join_blanks(" a \\n\\u00a0 b ")
    'a b'
    """
    return " ".join(text.split())


def normalise_name(value):
    """A name on one line; None when there is none.

    >>> normalise_name("'=HYPERLINK(1)"), normalise_name(" \\u200b ")
    ('=HYPERLINK(1)', None)
    """
    return join_blanks(strip_apostrophe(clean_text(value).strip())) or None


def normalise_note(value):
    """A note with its line ends, without blanks around and inside them.

    >>> normalise_note("mua tặng mẹ \\r\\n\\nbọc quà  giúp\\n")
    'mua tặng mẹ\\nbọc quà giúp'
    """
    lines = strip_apostrophe(clean_text(value).strip()).splitlines()
    return "\n".join(filter(None, map(join_blanks, lines)))


def is_formula_like(value):
    """True for text that a spreadsheet program could run instead of show.

    >>> [is_formula_like(text) for text in ("=1", "@SUM(A1)", "\\tx", "a=1", "")]
    [True, True, True, False, False]
    """
    return isinstance(value, str) and value.startswith(_FORMULA_STARTS)


def safe_cell(value):
    """The value for a CSV file that we write: no text in it runs as a formula.

    Plain numbers with their ``+`` stay, so that a phone survives the round trip.

    >>> [safe_cell(text) for text in ("-1+2", "@x", "\\n=1", "0901", "a", None, 12)]
    ["'-1+2", "'@x", "'\\n=1", '0901', 'a', '', 12]
    """
    if value is None:
        return ""
    if is_formula_like(value) and not _PLAIN_NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def find_email(text):
    """The match of the first e-mail address in a text, or None."""
    return _EMAIL.search(text) if "@" in text else None


def email_key(text):
    """The one spelling of the first e-mail address in the text; None without one.

    >>> email_key(" mailto:Lan.Nguyen@Khach.Example "), email_key("lan@khach")
    ('lan.nguyen@khach.example', None)
    >>> email_key("Lan <lan@a.example>; hung@a.example")
    'lan@a.example'
    """
    match = find_email(clean_text(text)[:2000])
    return match[0].strip(".'").casefold() if match else None


def alias_key(text):
    """A column title without case, accents, punctuation and doubled blanks.

    >>> alias_key("Số_Điện  thoại:"), alias_key("So\\u0302\\u0301 ĐT"), alias_key("#")
    ('so dien thoai', 'so dt', '')
    """
    folded = unicodedata.normalize("NFKD", clean_text(text).casefold())
    return " ".join(
        "".join(
            char if char.isalnum() else " "
            for char in folded.replace("đ", "d")
            if not unicodedata.combining(char)
        ).split()
    )
