import itertools
from unittest.mock import patch

from odoo.fields import Command

from .common import FunnelCommon


class MemberCommon(FunnelCommon):
    """A company with a membership: one point for 100,000 ₫, worth 1,000 ₫ each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        programs = cls.env["loyalty.program"]
        # programs of other tests or of core's demo stay out of these orders
        programs.search([("active", "=", True)]).active = False
        cls.program = programs.create(
            {
                **programs._prepare_membership(cls.company),
                "rule_ids": [
                    Command.create(
                        {"reward_point_mode": "money", "reward_point_amount": 0.00001}
                    )
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_point",
                            "discount": 1000,
                            "discount_applicability": "order",
                            "required_points": 10,
                        }
                    )
                ],
                "referral_points": 50,
            }
        )
        for tier in cls.tiers.values():
            tier.write({"makes_member": tier.code == "contract"})

    @classmethod
    def make_card(cls, partner=None):
        return (partner or cls.customer)._make_member_cards(cls.program)

    @classmethod
    def book(cls, card, issued=0, used=0, **vals):
        """Points in or out by a line of history."""
        values = {"card_id": card.id, "issued": issued, "used": used, **vals}
        return cls.env["loyalty.card"]._book([{"description": "Test", **values}])

    @classmethod
    def make_promotion(cls, percent=10):
        return cls.env["loyalty.program"].create(
            {
                "name": "For good customers",
                "program_type": "promotion",
                "applies_on": "current",
                "trigger": "auto",
                "communication_plan_ids": [],
                "rule_ids": [
                    Command.create(
                        {
                            "reward_point_mode": "order",
                            "reward_point_amount": 1,
                            "minimum_amount": 1000000,
                        }
                    )
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "percent",
                            "discount": percent,
                            "discount_applicability": "order",
                            "required_points": 1,
                        }
                    )
                ],
            }
        )

    def run_cron(self):
        """The job as it runs, without commits; one that never ends fails."""
        cron = type(self.env["ir.cron"])
        passes = itertools.count()

        def progress(*_args, **_kwargs):
            self.assertLess(next(passes), 50, "The job does not end.")
            return 60.0

        with patch.object(cron, "_commit_progress", progress):
            self.env["loyalty.card"]._cron_membership()
        self.env.invalidate_all()

    def history(self, card, kind):
        return card.history_ids.filtered(lambda line: line.kind == kind)
