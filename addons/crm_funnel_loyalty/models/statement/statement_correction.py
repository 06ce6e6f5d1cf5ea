"""What has changed in closed periods, for the statements of a later one."""

from collections import defaultdict

from ...services.commission import ZERO, to_decimal
from .statement_facts import Sale, StatementFacts
from .statement_pay import DOCUMENT_KINDS, Line, StatementPay, correct


def _get_document(sale):
    """Whose document it is, at whatever rates."""
    return sale.key[:-1]


class StatementCorrection:
    """COST: queries in proportion to the policies that the look back meets, none in
    proportion to people, periods or documents.
    """

    def __init__(self, policy, periods):
        self.env = policy.env
        self.company = policy.company_id
        self.step = to_decimal(policy.currency_id.rounding)
        self.periods = periods

    def get_lines(self):
        """:return: dict of owner to correction lines"""
        closed = self.periods.get_closed()
        if not closed:
            return {}
        known = self._get_known(closed)
        corrections = defaultdict(list)
        for policy, days in self._group_by_policy(closed).items():
            sales = self._read_closed(policy, days)
            pay = StatementPay(policy)
            for day in days:
                now = pay.get_lines(self._keep_rates(sales[day], known[day]))
                open_owners = self._get_open_owners(closed[day])
                for owner in sorted({*now, *known[day]} - open_owners):
                    corrections[owner] += correct(
                        now.get(owner, ()), known[day][owner], day, self.step
                    )
        return corrections

    def _group_by_policy(self, closed):
        groups = defaultdict(list)
        for day, statements in closed.items():
            groups[statements[0].policy_id].append(day)
        return groups

    def _read_closed(self, policy, days):
        """:return: dict of first day to the sales that are booked there today"""
        sales = defaultdict(list)
        end = self.periods.get_end(max(days))
        for sale in StatementFacts(policy).read_sales(min(days), end):
            sales[self.periods.find(sale)].append(sale)
        return sales

    def _keep_rates(self, sales, known):
        """Give documents whose revenue is what was booked the rates that they were
        booked at: those hold for the product and the customer of that day.

        :return: list of ``Sale``
        """
        booked = self._get_booked(known)
        parts = defaultdict(list)
        for sale in sales:
            parts[_get_document(sale)].append(sale)
        kept = []
        for sale in sales:
            document = _get_document(sale)
            bases = booked.get(document)
            own = parts[document]
            if not bases or sum(one.base for one in own) != sum(bases.values()):
                kept.append(sale)
            elif sale is own[0]:
                kept += [
                    sale._replace(rate_id=rate_id, base=base)
                    for rate_id, base in bases.items()
                ]
        return kept

    def _get_booked(self, known):
        """:return: dict of document to dict of rate to revenue, as persons have it"""
        booked = defaultdict(lambda: defaultdict(lambda: ZERO))
        for (owner, _owner_id), lines in known.items():
            for line in lines if owner == "user" else ():
                booked[_get_document(line.sale)][line.sale.rate_id] += line.base
        return {
            document: {rate_id: base for rate_id, base in bases.items() if base}
            for document, bases in booked.items()
        }

    def _get_open_owners(self, statements):
        return {
            statement._get_owner()
            for statement in statements
            if statement.state == "draft"
        }

    def _get_known(self, closed):
        """What was booked for closed periods: dict of day to dict of owner to lines."""
        known = defaultdict(lambda: defaultdict(list))
        lines = self.env["crm.sales.statement.line"]
        own = lines.search(
            [
                ("company_id", "=", self.company.id),
                ("statement_id.state", "!=", "draft"),
                ("statement_id.date_from", "in", list(closed)),
                ("kind", "in", DOCUMENT_KINDS),
            ],
            order="id",
        )
        later = lines.search(
            [
                ("company_id", "=", self.company.id),
                ("kind", "=", "correction"),
                ("origin_date", "in", list(closed)),
                ("statement_id.date_from", "!=", self.periods.begin),
                "|",
                ("statement_id.state", "!=", "draft"),
                ("statement_id.date_from", "<", self.periods.begin),
            ],
            order="id",
        )
        for line in (*own, *later):
            day = line.origin_date or line.statement_id.date_from
            owner = line.statement_id._get_owner()
            known[day][owner].append(self._get_known_line(line))
        return known

    def _get_known_line(self, line):
        base = to_decimal(line.base)
        sale = Sale(
            line.user_id.id,
            line.team_id.id or None,
            line.res_model,
            line.res_id,
            line.date,
            line.date,
            line.partner_id.id or None,
            line.rate_id.id or None,
            base,
        )
        kind = line.origin_kind or line.kind
        return Line(kind, to_decimal(line.amount), base, sale, line.user_id.id)
