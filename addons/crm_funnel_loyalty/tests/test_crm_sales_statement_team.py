from freezegun import freeze_time

from odoo.tests import tagged

from .common_pay import FEBRUARY, JANUARY, MILLION, PayCase


@tagged("post_install", "-at_install")
class TestCrmSalesStatementTeam(PayCase):
    """What a team deals out, in whatever order the statements are closed."""

    @classmethod
    def _confirm(cls, owner, day=JANUARY):
        with freeze_time("2026-12-01"):
            cls._get(owner, day).with_user(cls.boss).action_confirm()

    def _assertParts(self, day=JANUARY, **parts):
        for name, part in parts.items():
            statement = self._get(getattr(self, name), day)
            self.assertEqual((name, statement.team_part), (name, part))

    def test_team_closed_before_its_members(self):
        """The pot of 300,000 goes to An and Bình by revenue; the members keep it."""
        self._make_policy(person_share=70, team_split="revenue")
        self._sell(self.an, 30 * MILLION, "2026-01-05")
        self._sell(self.binh, 20 * MILLION, "2026-01-06")
        self._generate(JANUARY)
        self._confirm(self.team)
        parts = {"team": -300_000, "an": 180_000, "binh": 120_000}
        for close in (
            lambda: self._generate(JANUARY),
            lambda: self._confirm(self.an),
            lambda: self._confirm(self.binh),
        ):
            close()
            self._assertParts(**parts)
        self.assertFalse(sum(self._generate(FEBRUARY).mapped("total")))

    def test_members_of_a_closed_team_get_no_more(self):
        """A sale that comes late is dealt out with the corrections of the next month;
        a member's draft that was deleted comes back with its share."""
        self._make_policy(person_share=70, team_split="revenue")
        self._sell(self.an, 30 * MILLION, "2026-01-05")
        self._generate(JANUARY)
        self._confirm(self.team)
        self._sell(self.an, 10 * MILLION, "2026-01-08")
        self._get(self.an, JANUARY).unlink()
        self._generate(JANUARY)
        self._assertParts(team=-180_000, an=180_000)
        self._generate(FEBRUARY)
        self.assertEqual(self._get(self.team, FEBRUARY).correction, 60_000)

    def test_closed_team_without_its_documents(self):
        """Orders that are cancelled later take no share away from an open draft."""
        self._make_policy(person_share=70, team_split="equal")
        order = self._sell(self.an, 30 * MILLION, "2026-01-05")
        self._generate(JANUARY)
        self._confirm(self.team)
        order._action_cancel()
        self._generate(JANUARY)
        self._assertParts(team=-180_000, an=60_000, binh=60_000, chi=60_000)

    def test_closed_member_of_a_team_without_documents(self):
        """What a closed member was given, the team has given, whatever is left."""
        self._make_policy(person_share=70, team_split="equal")
        order = self._sell(self.an, 30 * MILLION, "2026-01-05")
        self._generate(JANUARY)
        self._confirm(self.binh)
        order._action_cancel()
        self._generate(JANUARY)
        self._assertParts(team=-60_000, binh=60_000, an=0)

    def test_members_of_that_month(self):
        """Chi sells; An left on 15 January, Bình came in February."""
        self._make_policy(person_share=70, team_split="equal")
        self._sell(self.chi, 30 * MILLION, "2026-01-05")
        self.team.member_ids -= self.an
        self._date_memberships(self.an, write_date="2026-01-15")
        self._date_memberships(self.binh, create_date="2026-01-31 17:00")
        self._generate(JANUARY)
        self._assertParts(team=-180_000, an=90_000, binh=0, chi=90_000)
        self._date_memberships(self.an, write_date="2025-12-31 16:59")
        self._date_memberships(self.binh, create_date="2026-01-31 16:59")
        self._generate(JANUARY)
        self._assertParts(team=-180_000, an=0, binh=90_000, chi=90_000)

    def test_leader_of_that_month(self):
        """What January had for its leader stays with Chi when An leads from then on."""
        self._make_policy(person_share=70, team_split="leader")
        self._sell(self.binh, 30 * MILLION, "2026-01-05")
        self._generate(JANUARY)
        self.team.user_id = self.an
        self._generate(JANUARY)
        self._assertParts(team=-180_000, an=0, chi=180_000)
        self.assertEqual(self._get(self.team, JANUARY).leader_id, self.chi)
