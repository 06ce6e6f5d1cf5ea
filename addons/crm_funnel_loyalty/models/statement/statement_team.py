"""What teams deal out to their members in one computation."""

from collections import defaultdict

from ...services.commission import ZERO, to_decimal
from ...tools import day_begin
from .statement_pay import Line, deal_out


class StatementTeam:
    """Lines of kind ``dealt``: below zero with the team, above with its members.

    What is closed keeps what it says. A closed team deals out what its statement says,
    also to members whose statements are still drafts; a closed member gets nothing more
    or less, and the rest of that share stays with the team.

    COST: two queries, whatever the number of teams and members.
    """

    def __init__(self, policy, begin, end, store):
        self.policy = policy
        self.begin, self.end = (
            day_begin(day, policy.company_id) for day in (begin, end)
        )
        self.env = policy.env
        self.store = store
        self.step = to_decimal(policy.currency_id.rounding)

    def deal_out(self, lines, sales):
        """Give what the teams have to their members, where the policy says so.

        :param lines: dict of owner to list of ``Line``; the shares are added to it
        :param sales: the ``Sale`` of the period
        """
        dealt = self._read_dealt()
        revenue = self._get_revenue(sales)
        owners = {*lines, *self.store.by_owner}
        teams = self.env["crm.team"].browse(
            sorted(team_id for kind, team_id in owners if kind == "team")
        )
        for team_id, users in self._read_members(teams).items():
            revenue[team_id] = dict.fromkeys(users.ids, ZERO) | revenue[team_id]
        for team in teams:
            shares = dealt[team.id]
            if ("team", team.id) not in self.store.closed:
                shares = self._get_shares(team, lines, revenue[team.id], shares)
            self._add_shares(team.id, shares, lines)

    def _read_members(self, teams):
        """Who belonged to the teams in the period. The day on which a membership was
        archived is that of its last change; one that was deleted is not known any more.

        :return: dict of team id to users
        """
        rows = (
            self.env["crm.team.member"]
            .with_context(active_test=False)
            ._read_group(
                [
                    ("crm_team_id", "in", teams.ids),
                    ("create_date", "<", self.end),
                    "|",
                    ("active", "=", True),
                    ("write_date", ">=", self.begin),
                ],
                ["crm_team_id"],
                ["user_id:recordset"],
            )
        )
        return {team.id: users for team, users in rows}

    def _get_revenue(self, sales):
        """:return: dict of team id to dict of user id to what they sold for it"""
        revenue = defaultdict(lambda: defaultdict(lambda: ZERO))
        for sale in sales:
            revenue[sale.team_id][sale.user_id] += sale.base
        return revenue

    def _read_dealt(self):
        """:return: dict of team id to dict of user id to what closed statements, the
        team's or the member's, say that the team has dealt out"""
        lines = self.env["crm.sales.statement.line"].search(
            [
                ("kind", "=", "dealt"),
                ("statement_id", "in", self.store.statements.ids),
                ("statement_id.state", "!=", "draft"),
            ]
        )
        teams = {one.id: one.team_id.id for one in self.store.statements}
        dealt = defaultdict(dict)
        for line in lines:
            amount = to_decimal(line.amount)
            if team_id := teams[line.statement_id.id]:
                dealt[team_id][line.user_id.id] = -amount
            else:
                dealt[teams.get(line.res_id)][line.user_id.id] = amount
        return dealt

    def _get_shares(self, team, lines, members, dealt):
        """:return: dict of user id to what a team that is not closed gives"""
        owner = ("team", team.id)
        amount = sum((line.amount for line in lines[owner]), ZERO)
        leader = self.store.get(owner).leader_id or team.user_id
        shares = deal_out(amount, members, self.policy.team_split, leader.id, self.step)
        closed = {
            user_id: dealt.get(user_id, ZERO)
            for user_id in {*shares, *dealt}
            if ("user", user_id) in self.store.closed
        }
        return shares | closed

    def _add_shares(self, team_id, shares, lines):
        giver = ("team", team_id)
        self.store.ensure([giver, *(("user", user_id) for user_id in shares)])
        for user_id, amount in sorted(shares.items()):
            if amount:
                owner = ("user", user_id)
                lines[giver].append(self._get_line(-amount, user_id, owner))
                lines[owner].append(self._get_line(amount, user_id, giver))

    def _get_line(self, amount, user_id, other):
        return Line(
            "dealt",
            amount,
            user_id=user_id,
            res_model="crm.sales.statement",
            res_id=self.store.by_owner[other],
        )
