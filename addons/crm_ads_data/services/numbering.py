"""Viet Nam's numbering plan: mobile prefixes in use, and those replaced in 2018."""

import re

MOBILE_PATTERN = (
    r"(?:(?:3[2-9]|5[689]|7[06-9]|8[1-8]|9[0-8])[0-9]{7}"
    r"|(?:52[238]|559|89[6-9]|99[013-9])[0-9]{6})"
)
MOBILE = re.compile(MOBILE_PATTERN)
PLAIN_MOBILE = re.compile(rf"(?:p:)?(?:\+84|84|0)?({MOBILE_PATTERN})")
# Prefixes of 11-digit mobiles and what they became in September 2018.
PREFIXES_2018 = {
    "120": "70",
    "121": "79",
    "122": "77",
    "126": "76",
    "128": "78",
    "123": "83",
    "124": "84",
    "125": "85",
    "127": "81",
    "129": "82",
    **{f"16{digit}": f"3{digit}" for digit in range(2, 10)},
    "186": "56",
    "188": "58",
    "199": "59",
}
