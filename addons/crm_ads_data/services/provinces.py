"""Vietnamese provinces as people write them, also by their names before July 2025.

Resolution 202/2025/QH15 made 34 provinces and cities of 63: who writes "Bình Dương"
lives in Hồ Chí Minh City today.

>>> [province_key(text) for text in ("TP. Hồ Chí Minh", "tỉnh Bình Dương", "Sài Gòn")]
['ho chi minh', 'ho chi minh', 'ho chi minh']
>>> [province_key(text) for text in ("Huế", "Thừa Thiên - Huế", "Q. Cầu Giấy HN")]
['hue', 'hue', 'ha noi']
>>> [province_key(text) for text in ("12 Lê Lợi, phường 3, Bến Tre", "Paris", "")]
['vinh long', None, None]
"""

import re

from .text import alias_key

# The province of today, and what it was made of or is called otherwise.
_PROVINCES = {
    "ha noi": "hn|hanoi",
    "hue": "thua thien hue|thua thien",
    "lai chau": "",
    "dien bien": "",
    "son la": "",
    "lang son": "",
    "quang ninh": "",
    "thanh hoa": "",
    "nghe an": "",
    "ha tinh": "",
    "cao bang": "",
    "tuyen quang": "ha giang",
    "lao cai": "yen bai",
    "thai nguyen": "bac kan|bac can",
    "phu tho": "vinh phuc|hoa binh",
    "bac ninh": "bac giang",
    "hung yen": "thai binh",
    "hai phong": "hai duong",
    "ninh binh": "ha nam|nam dinh",
    "quang tri": "quang binh",
    "da nang": "quang nam",
    "quang ngai": "kon tum",
    "gia lai": "binh dinh",
    "khanh hoa": "ninh thuan",
    "lam dong": "dak nong|dac nong|binh thuan",
    "dak lak": "dac lac|phu yen",
    "ho chi minh": "hcm|hochiminh|sai gon|saigon|sg|ba ria vung tau|vung tau"
    "|binh duong",
    "dong nai": "binh phuoc",
    "tay ninh": "long an",
    "can tho": "soc trang|hau giang",
    "vinh long": "ben tre|tra vinh",
    "dong thap": "tien giang",
    "ca mau": "bac lieu",
    "an giang": "kien giang",
}
_BY_NAME = {
    name: today
    for today, others in _PROVINCES.items()
    for name in (today, *others.split("|"))
    if name
}
_PREFIX = re.compile(r"^(?:tinh|thanh pho|tp|t p|city|province)\s+")
# The longest names first: "thua thien hue" before "hue".
_ANYWHERE = re.compile(
    r"\b(?:" + "|".join(sorted(_BY_NAME, key=len, reverse=True)) + r")\b"
)


def province_key(text):
    """The key of the province that the text names; None when it names none.

    The last province of an address counts: streets are named after provinces too.
    """
    key = alias_key(text or "")
    whole = _BY_NAME.get(_PREFIX.sub("", key))
    if whole:
        return whole
    found = _ANYWHERE.findall(key)
    return _BY_NAME[found[-1]] if found else None
