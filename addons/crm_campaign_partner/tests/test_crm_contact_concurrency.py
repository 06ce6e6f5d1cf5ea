from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import TransactionCase, tagged

ADDRESS = "+84999000111"


@tagged("post_install", "-at_install")
class TestCrmContactConcurrency(TransactionCase):
    """Sellers who contact one person at the same moment, on real transactions."""

    def setUp(self):
        super().setUp()
        self.company_id = self.ref("base.main_company")
        self.addCleanup(self._clean)

    def _clean(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM crm_contact_counter WHERE address = %s", (ADDRESS,))

    def _take(self, barrier, cap):
        """What the guard and the opening of a touch do, for one seller."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            company = env["res.company"].browse(self.company_id)
            counters = env["crm.contact.counter"]
            used = counters._get_used(company, "sms", "marketing", [ADDRESS])
            known = used.get(ADDRESS, [])
            barrier.wait(30)
            if len(known) >= cap:
                return False
            wanted = [(ADDRESS, known, fields.Datetime.now())]
            try:
                taken = counters._take(company, "sms", "marketing", wanted)
            except SerializationFailure:
                cr.rollback()
                return "again"
            return bool(taken)

    def test_sellers_at_once_do_not_pass_the_cap(self):
        sellers, cap, won = 4, 3, 0
        for _round in range(5):
            barrier = Barrier(sellers)
            with ThreadPoolExecutor(sellers) as pool:
                results = list(
                    pool.map(self._take, [barrier] * sellers, [cap] * sellers)
                )
            won += results.count(True)
        self.assertEqual(won, cap)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT moments FROM crm_contact_counter WHERE address = %s",
                (ADDRESS,),
            )
            self.assertEqual([len(moments) for (moments,) in cr.fetchall()], [cap])
