import doctest
import random

from odoo.tests import BaseCase, tagged

from ..services import instalments, placeholders, words
from ..services.instalments import PlanError

VALUES = {name: value for value, name in enumerate(words.DIGITS)}
VALUES |= {"mốt": 1, "tư": 4, "lăm": 5}


def read_words(text):
    """Read a number in words back, word by word (the tests' own way)."""
    total = part = hundred = 0
    tens = False
    for word in text.split():
        if word in VALUES:
            digit = VALUES[word]
            part = part + digit if tens else digit
        elif word == "trăm":
            hundred, part, tens = part * 100, 0, False
        elif word == "mười":
            part, tens = 10, True
        elif word == "mươi":
            part, tens = part * 10, True
        elif word == "lẻ":
            part, tens = 0, False
        else:
            scale = {"nghìn": 10**3, "triệu": 10**6, "tỷ": 10**9}[word]
            if scale == 10**9:
                total = (total + hundred + part) * scale
            else:
                total += (hundred + part) * scale
            part = hundred = 0
            tens = False
    return total + hundred + part


@tagged("post_install", "-at_install")
class TestAgreementServices(BaseCase):
    def test_doctests(self):
        for module in (instalments, placeholders, words):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 0)
            self.assertEqual(result.failed, 0)

    def test_parts_always_add_up(self):
        """Many amounts, currencies and counts: nothing is lost, nothing is invented."""
        chance = random.Random(20261125)
        roundings = (1, 0.01, 0.05, 0.001, 1000, 10)
        for _attempt in range(4000):
            rounding = chance.choice(roundings)
            units = chance.randrange(1, 10 ** chance.randrange(1, 10))
            total = instalments.to_amount(units, rounding)
            weights = [
                chance.randrange(1, 100) for _n in range(chance.randrange(1, 37))
            ]
            try:
                parts = instalments.split_by_weight(total, weights, rounding)
            except PlanError as error:
                self.assertEqual(error.kind, "few")
                self.assertTrue(any(units * w < sum(weights) for w in weights[:-1]))
                continue
            self.assertEqual(sum(round(part / rounding) for part in parts), units)
            self.assertGreater(min(parts), 0)
            for part, weight in zip(parts[:-1], weights[:-1], strict=True):
                fair = total * weight / sum(weights)
                self.assertLessEqual(part, fair + rounding * 1e-3)
                self.assertLess(fair - part, rounding * 1.001)
            rest = instalments.take_remainder(total, parts[:-1], rounding)
            self.assertAlmostEqual(rest, parts[-1], 5)

    def test_parts_add_up_in_another_currency(self):
        chance = random.Random(7)
        for _attempt in range(500):
            parts = [chance.randrange(1, 10**6) / 100 for _n in range(12)]
            rate = chance.choice((25431.5, 0.00004, 1.1, 1))
            rounding = chance.choice((1, 0.01))
            converted = instalments.convert_parts(parts, rate, rounding)
            whole = round(sum(parts) * rate / rounding)
            units = sum(round(part / rounding) for part in converted)
            self.assertLessEqual(abs(units - whole), 1)

    def test_words_can_be_read_back(self):
        chance = random.Random(3)
        numbers = {*range(1200), 10**9, 10**12, 2 * 10**9 + 15, 10**6 + 1}
        numbers |= {
            chance.randrange(10 ** chance.randrange(1, 14)) for _n in range(3000)
        }
        for number in numbers:
            spelled = words.number_in_words(number)
            self.assertEqual(read_words(spelled), number, spelled)
