from datetime import date

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from .common import FunnelCommon

JANUARY = date(2026, 1, 1)
FEBRUARY = date(2026, 2, 1)
MARCH = date(2026, 3, 1)
MILLION = 1_000_000.0


class PayCase(FunnelCommon):
    """A company in dong with three sellers in a team, and a policy of the year.

    Bands of a person: 0–100 million 2 %, 100–300 million 3 %, above 5 %.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._make_company()
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.sellers = cls.env["res.users"]
        for login in ("pay_an", "pay_binh", "pay_chi"):
            cls.sellers |= cls._make_user(login, "sales_team.group_sale_salesman")
        cls.an, cls.binh, cls.chi = cls.sellers
        cls.boss = cls._make_user("pay_boss", "sales_team.group_sale_manager")
        cls.accountant = cls._make_user(
            "pay_accountant", "account.group_account_invoice"
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Team Pay",
                "company_id": cls.company.id,
                "user_id": cls.chi.id,
                "member_ids": [Command.set(cls.sellers.ids)],
            }
        )
        cls._date_memberships(cls.sellers, create_date="2025-01-01")
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(6)]
        )
        cls.statements = cls.env["crm.sales.statement"]

    @classmethod
    def _make_company(cls):
        dong = cls.env.ref("base.VND")
        dong.active = True
        company = cls.env["res.company"].create(
            {"name": "Pay Company", "currency_id": dong.id}
        )
        company.partner_id.tz = "Asia/Ho_Chi_Minh"
        cls.env.user.company_ids |= company
        return company

    @classmethod
    def _make_user(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            group,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _date_memberships(cls, users, **dates):
        """Say when the users joined the team, and when that was changed last."""
        cls.env.flush_all()
        for name, moment in dates.items():
            cls.env.cr.execute(
                SQL(
                    """UPDATE crm_team_member SET %s = %s
                        WHERE crm_team_id = %s AND user_id = ANY(%s)""",
                    SQL.identifier(name),
                    moment,
                    cls.team.id,
                    users.ids,
                )
            )
        cls.env.invalidate_all()

    @classmethod
    def _make_policy(cls, approve=True, **values):
        policy = cls.env["crm.sales.policy"].create(
            {
                "company_id": cls.company.id,
                "year": 2026,
                "date_from": JANUARY,
                "basis": "ordered",
                "band_ids": [
                    Command.create({"lower": low, "upper": high, "rate": rate})
                    for low, high, rate in (
                        (0, 100 * MILLION, 2),
                        (100 * MILLION, 300 * MILLION, 3),
                        (300 * MILLION, 0, 5),
                    )
                ],
                **values,
            }
        )
        if approve:
            policy.action_approve()
        return policy

    @classmethod
    def _sell(cls, seller, amount, day, customer=None, **values):
        """A confirmed order of a seller, on a day (date or naive UTC moment)."""
        with freeze_time(day):
            return cls.make_order(
                customer or cls.customers[0],
                amount,
                company_id=cls.company.id,
                user_id=seller.id,
                team_id=cls.team.id,
                **values,
            )

    @classmethod
    def _generate(cls, day):
        return cls.statements._generate(cls.company, day)

    @classmethod
    def _get(cls, owner, day):
        name = "team_id" if owner._name == "crm.team" else "user_id"
        return cls.statements.search(
            [
                (name, "=", owner.id),
                ("date_from", "=", day),
                ("company_id", "=", cls.company.id),
            ]
        )

    @classmethod
    def _close(cls, day, by=None):
        """Confirm all statements of a period, some months later."""
        statements = cls._generate(day)
        with freeze_time("2026-12-01"):
            statements.with_user(by or cls.boss).action_confirm()
        return statements
