"""How a number can stand in a table that nobody normalised.

>>> spellings("+61412345678")
['+61412345678', '61412345678', '0061412345678']
"""

from .numbering import PREFIXES_2018

_VIETNAM = "+84"
_OLD_PREFIXES = {new: old for old, new in PREFIXES_2018.items()}


def spellings(number):
    """The spellings of an E.164 number without blanks and punctuation.

    A Vietnamese number also stands in its national form, and a mobile with a prefix of
    2018 in its form from before.

    >>> spellings("+84901234567")
    ['+84901234567', '84901234567', '0084901234567', '0901234567']
    >>> spellings("+84336348056")[4:]
    ['+841636348056', '841636348056', '00841636348056', '01636348056']
    """
    if not number.startswith(_VIETNAM):
        return _international(number)
    national = number.removeprefix(_VIETNAM)
    texts = [*_international(number), f"0{national}"]
    old = _OLD_PREFIXES.get(national[:2])
    if old and len(national) == 9:
        before = f"{old}{national[2:]}"
        texts += [*_international(f"{_VIETNAM}{before}"), f"0{before}"]
    return texts


def _international(number):
    return [number, number[1:], f"00{number[1:]}"]
