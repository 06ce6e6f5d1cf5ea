"""Numbers in Vietnamese words, as contracts and invoices spell them out.

The general library that Odoo uses leaves out empty hundreds ("không trăm"), which
changes the number; a contract has to be exact.
"""

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
GROUPS = ("", "nghìn", "triệu")


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
