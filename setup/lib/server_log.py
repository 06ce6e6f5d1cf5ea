"""Reading the log of an Odoo server, for the tests that judge it."""

import re

LOG_LINE = re.compile(
    r"^[\d-]+ [\d:,]+ \d+ (?P<level>[A-Z]+) (?P<database>\S+) (?P<rest>\S+: .*)"
)
BAD_LEVELS = ("WARNING", "ERROR", "CRITICAL")


def complaints_of(log: str) -> list[str]:
    """The warnings and errors of a server log, each with the lines that follow it.

    >>> complaints_of('''2026-01-01 10:00:00,000 7 INFO db odoo.a: fine
    ... 2026-01-01 10:00:00,000 7 WARNING db odoo.b: odd
    ... detail
    ... 2026-01-01 10:00:00,000 7 INFO db odoo.a: fine''')
    ['WARNING odoo.b: odd\\ndetail']
    """
    found = []
    is_bad = False
    for line in log.splitlines():
        match = LOG_LINE.match(line)
        if match:
            is_bad = match["level"] in BAD_LEVELS
            if is_bad:
                found.append(f"{match['level']} {match['rest']}")
        elif is_bad:
            found[-1] += f"\n{line}"
    return found
