"""Bytes as text, whatever program wrote them.

>>> decode("Tên".encode("utf-16"))
('Tên', 'utf-16-le')
>>> decode("Tên khách".encode("windows-1258"))
('Tên khách', 'windows-1258')
"""

import codecs
import re
import unicodedata

from .exceptions import TableError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4096
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# Text has no control characters; a stray few are still no binary file.
_MAX_CONTROL_SHARE = 0.02
_KNOWN_BINARIES = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "GZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7Z"),
)
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|meta)", re.IGNORECASE)


def decode(content):
    """The text and the encoding that it was in; NULs are left out.

    :raise TableError: ``unsupported_format`` or ``not_readable``
    """
    _refuse_other_formats(content)
    encoding, size = _sniff(content)
    if encoding:
        text = content[size:].decode(encoding.removesuffix("-sig"), "replace")
    else:
        text, encoding = _decode_bytes(content)
    sample = text[:_SAMPLE]
    if len(_CONTROL.findall(sample)) > len(sample) * _MAX_CONTROL_SHARE:
        raise TableError("not_readable")
    return text.replace("\x00", ""), encoding


def _refuse_other_formats(content):
    for start, name in _KNOWN_BINARIES:
        if content.startswith(start):
            raise TableError("unsupported_format", format=name)
    if _MARKUP.match(content.removeprefix(codecs.BOM_UTF8), 0, 200):
        raise TableError("unsupported_format", format="HTML/XML")


def _sniff(content):
    """The encoding that a byte order mark or the NULs of UTF-16 tell, and its size."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return encoding, len(bom)
    sample = content[:_SAMPLE]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half and max(even, odd) > half * 0.3 and min(even, odd) < half * 0.05:
        return ("utf-16-le" if odd > even else "utf-16-be"), 0
    return None, 0


def _decode_bytes(content):
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text = content.decode("windows-1258", "replace")
    return unicodedata.normalize("NFC", text), "windows-1258"
