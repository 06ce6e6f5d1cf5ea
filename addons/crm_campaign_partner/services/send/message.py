"""The text of a message: its label, its length in SMS, its plain spelling."""

import unicodedata
from dataclasses import dataclass

# Labels that the law knows for advertising (Decree 91/2020, article 12).
LABELS = ("[QC]", "[AD]")
_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Characters that take an escape in front.
_GSM_EXTENSION = set("^{}\\[~]|€\f")
_PLAIN = str.maketrans(
    {
        "đ": "d",
        "Đ": "D",
        "₫": "d",
        "“": '"',
        "”": '"',
        "„": '"',
        "‘": "'",
        "’": "'",
        "–": "-",
        "—": "-",
        "−": "-",
        "…": "...",
        "•": "-",
        "\u00a0": " ",
        "\u202f": " ",
        "\u200b": "",
        "\ufeff": "",
    }
)
_ACCENTS = ("\u0300", "\u036f")


@dataclass(frozen=True, slots=True)
class SmsSize:
    """How long an SMS is: ``units`` of the encoding, and the ``parts`` it is paid as.

    ``left`` is how many units still fit into the last part.
    """

    encoding: str
    units: int
    parts: int
    left: int


def label_advertising(text, label="[QC]"):
    """Put the label of advertising in front of a text, once.

    >>> label_advertising("Giảm 20%"), label_advertising(" [qc] Giảm 20%")
    ('[QC] Giảm 20%', ' [qc] Giảm 20%')
    >>> label_advertising("[AD] Sale"), label_advertising("", "[QC]")
    ('[AD] Sale', '')
    """
    text = text or ""
    start = text.lstrip().upper()
    known = {label.upper(), *LABELS} if label else set()
    if not start or not known or start.startswith(tuple(known)):
        return text
    return f"{label} {text}"


def strip_accents(text):
    """Vietnamese without its marks; other scripts stay as they are.

    >>> strip_accents("Lá Xanh: đơn hàng của Ước đã được giao")
    'La Xanh: don hang cua Uoc da duoc giao'
    >>> strip_accents("“Giảm” 50.000₫ – hôm nay…"), strip_accents("สวัสดี 😍")
    ('"Giam" 50.000d - hom nay...', 'สวัสดี 😍')
    """
    first, last = _ACCENTS
    kept = "".join(
        char
        for char in unicodedata.normalize("NFD", (text or "").translate(_PLAIN))
        if not first <= char <= last
    )
    return unicodedata.normalize("NFC", kept)


def is_gsm(text):
    """Whether the text can go as GSM-7: 160 characters a part, not 70."""
    return all(char in _GSM or char in _GSM_EXTENSION for char in text)


def measure_sms(text):
    """The size of a text as SMS.

    >>> measure_sms("Don hang cua ban da duoc giao")
    SmsSize(encoding='gsm7', units=29, parts=1, left=131)
    >>> measure_sms("Đơn hàng đã được giao")
    SmsSize(encoding='ucs2', units=21, parts=1, left=49)
    >>> [measure_sms("a" * n).parts for n in (0, 160, 161, 306, 307)]
    [0, 1, 2, 2, 3]
    >>> [measure_sms("ạ" * n).parts for n in (70, 71, 134, 135)]
    [1, 2, 2, 3]

    A bracket counts twice, a smiley is two units, and neither is cut in two:

    >>> measure_sms("[QC]").units, measure_sms("😍").units
    (6, 2)
    >>> measure_sms("a" * 152 + "[" + "a" * 152).parts
    3
    """
    text = text or ""
    if is_gsm(text):
        encoding, single, joined = "gsm7", 160, 153
        sizes = [2 if char in _GSM_EXTENSION else 1 for char in text]
    else:
        encoding, single, joined = "ucs2", 70, 67
        sizes = [2 if ord(char) > 0xFFFF else 1 for char in text]
    units = sum(sizes)
    if units <= single:
        return SmsSize(encoding, units, min(units, 1), single - units)
    parts, used = 1, 0
    for size in sizes:
        if used + size > joined:
            parts, used = parts + 1, 0
        used += size
    return SmsSize(encoding, units, parts, joined - used)
