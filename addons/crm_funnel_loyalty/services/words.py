"""Numbers in Vietnamese words, as contracts and invoices spell them out.

The general library that Odoo uses leaves out empty hundreds ("không trăm"), which
changes the number; a contract has to be exact.
"""

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
GROUPS = ("", "nghìn", "triệu")
UNITS = {
    "VND": ("đồng", "xu"),
    "USD": ("đô la Mỹ", "xu"),
    "EUR": ("euro", "cent"),
    "JPY": ("yên Nhật", "sen"),
    "CNY": ("nhân dân tệ", "phân"),
    "KRW": ("won Hàn Quốc", "jeon"),
    "SGD": ("đô la Singapore", "xu"),
    "AUD": ("đô la Úc", "xu"),
    "GBP": ("bảng Anh", "xu"),
    "THB": ("baht Thái", "xu"),
}


def amount_in_words(amount, code, digits):
    """Spell an amount of money; a currency without a Vietnamese name keeps its code.

    >>> amount_in_words(48000000.0, "VND", 0)
    'Bốn mươi tám triệu đồng'
    >>> amount_in_words(1250.5, "USD", 2)
    'Một nghìn hai trăm năm mươi đô la Mỹ và năm mươi xu'
    >>> amount_in_words(3.07, "CHF", 2)
    'Ba CHF và bảy phần trăm'
    >>> amount_in_words(-5.0, "EUR", 2)
    'Âm năm euro'
    """
    whole, _point, part = f"{abs(amount):.{digits}f}".partition(".")
    unit, subunit = UNITS.get(code, (code, {3: "phần nghìn"}.get(digits, "phần trăm")))
    words = f"{number_in_words(int(whole))} {unit}"
    if int(part or 0):
        words += f" và {number_in_words(int(part))} {subunit}"
    if amount < 0:
        words = f"âm {words}"
    return words[:1].upper() + words[1:]


def number_in_words(number):
    """Spell a whole number.

    >>> number_in_words(0)
    'không'
    >>> number_in_words(48000000)
    'bốn mươi tám triệu'
    >>> number_in_words(1005021)
    'một triệu không trăm lẻ năm nghìn không trăm hai mươi mốt'
    >>> number_in_words(115)
    'một trăm mười lăm'
    >>> number_in_words(1254)
    'một nghìn hai trăm năm mươi tư'
    >>> number_in_words(2000000015)
    'hai tỷ không trăm mười lăm'
    >>> number_in_words(-7)
    'âm bảy'
    """
    if number < 0:
        return f"âm {number_in_words(-number)}"
    if number == 0:
        return DIGITS[0]
    billions, rest = divmod(number, 10**9)
    words = []
    if billions:
        words += [number_in_words(billions), "tỷ"]
    if rest:
        words.append(_millions_in_words(rest, full=bool(billions)))
    return " ".join(words)


def _millions_in_words(number, full):
    groups = [number // 10**6, number // 1000 % 1000, number % 1000]
    words = []
    for power, group in zip((2, 1, 0), groups, strict=True):
        if not group:
            continue
        words.append(_group_in_words(group, full=full or bool(words)))
        if GROUPS[power]:
            words.append(GROUPS[power])
    return " ".join(words)


def _group_in_words(number, full):
    """Three digits; ``full`` says that more stands before them."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    words = [DIGITS[hundreds], "trăm"] if hundreds or full else []
    if tens == 1:
        words.append("mười")
    elif tens:
        words += [DIGITS[tens], "mươi"]
    elif ones and words:
        words.append("lẻ")
    if ones:
        words.append(_last_digit(ones, tens))
    return " ".join(words)


def _last_digit(ones, tens):
    special = {1: "mốt", 4: "tư"} if tens > 1 else {}
    if tens:
        special[5] = "lăm"
    return special.get(ones, DIGITS[ones])
