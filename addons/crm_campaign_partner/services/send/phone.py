"""How the providers spell a number that we keep as E.164.

>>> with_country("+84361907676"), national("+84361907676"), national("+61412345678")
('84361907676', '0361907676', '61412345678')
"""

import re

COUNTRY = "84"
# What is shorter is an extension or a service number (1900 xxxx).
_SHORTEST = 9


def with_country(number):
    """The digits with the country's code: Zalo, SpeedSMS, Stringee."""
    return re.sub(r"\D", "", number or "")


def national(number):
    """Vietnamese numbers as they are dialled there, others with their country."""
    digits = with_country(number)
    return f"0{digits[2:]}" if digits.startswith(COUNTRY) else digits


def to_e164(number):
    """A provider's spelling as E.164; None for an extension, a user or a short number.

    >>> [to_e164(n) for n in ("84782469548", "0782469548", "782469548", "+84782469548")]
    ['+84782469548', '+84782469548', '+84782469548', '+84782469548']
    >>> to_e164("0061412345678"), to_e164("101"), to_e164("sale01"), to_e164(None)
    ('+61412345678', None, None, None)
    """
    number = str(number or "")
    digits = re.sub(r"[\s.()+-]", "", number)
    if not digits.isascii() or not digits.isdigit() or len(digits) < _SHORTEST:
        return None
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if digits.startswith("0"):
        return f"+{COUNTRY}{digits[1:]}"
    if len(digits) == _SHORTEST and not number.startswith("+"):
        return f"+{COUNTRY}{digits}"
    return f"+{digits}"
