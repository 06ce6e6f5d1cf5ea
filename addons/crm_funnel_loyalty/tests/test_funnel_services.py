import doctest

from ..services import funnel


def load_tests(loader, tests, ignore):
    tests.addTests(doctest.DocTestSuite(funnel))
    return tests
