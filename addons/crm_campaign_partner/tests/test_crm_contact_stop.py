from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_contact import ContactCase


@tagged("post_install", "-at_install")
class TestCrmContactStop(ContactCase, HttpCase):
    """The page that ends advertising."""

    def setUp(self):
        super().setUp()
        self.consents = self.env["crm.contact.consent"]
        self.url = self._get_url()

    def _get_url(self, channel="email", address="dealer0@example.com", lang="en_US"):
        url = self.consents._get_stop_url(self.company, channel, address, lang)
        return "/contact/stop/" + url.rsplit("/", 1)[1]

    def test_opening_the_link_only_asks(self):
        response = self.url_open(self.url)
        self.assertEqual(response.status_code, 200)
        self.assertIn("No more advertising?", response.text)
        self.assertIn("dealer0@example.com", response.text)
        self.assertIn("Lá Xanh Thử", response.text)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertFalse(self.consents.search_count([]))

    def test_pressing_the_button(self):
        for _time in range(2):
            response = self.url_open(self.url, data={"any": "thing"})
            self.assertEqual(response.status_code, 200)
            self.assertIn("You will get no more advertising", response.text)
        consent = self.consents.search([])
        self.assertRecordValues(
            consent,
            [
                {
                    "company_id": self.company.id,
                    "email_key": "dealer0@example.com",
                    "channel": "email",
                    "decision": "withdrawn",
                    "source": "unsubscribe",
                    "user_id": False,
                }
            ],
        )
        self.assertIn("IP:", consent.proof)
        self.assertIn("no more advertising", self.url_open(self.url).text)
        (verdict,) = self._guard("email")
        self.assertEqual(verdict.state, "blocked")
        (verdict,) = self._guard("email", kind="care")
        self.assertNotEqual(verdict.state, "blocked")
        (verdict,) = self._guard("sms", kind="care")
        self.assertNotEqual(verdict.state, "blocked")

    def test_one_click_of_a_mail_program(self):
        response = self.url_open(self.url, data={"List-Unsubscribe": "One-Click"})
        self.assertEqual(response.status_code, 200)
        self.assertIn("One-Click", self.consents.search([]).proof)

    def test_by_phone(self):
        url = self._get_url("sms", "+84901234500")
        self.assertEqual(self.url_open(url, data={"x": "y"}).status_code, 200)
        self.assertEqual(self.consents.search([]).phone_key, "+84901234500")

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        response = self.url_open(self._get_url(lang="vi_VN"))
        self.assertIn('lang="vi-VN"', response.text)
        response = self.url_open(self._get_url(lang="xx_XX"))
        self.assertEqual(response.status_code, 200)

    @mute_logger("odoo.http")
    def test_a_wrong_token_tells_nothing(self):
        token = self.url.rsplit("/", 1)[1]
        flipped = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
        for wrong in (
            "x",
            "AQ",
            token[:-3],
            flipped,
            token + "AAAA",
            "é",
            "%00",
            "a" * 999,
        ):
            for data in (None, {"List-Unsubscribe": "One-Click"}):
                response = self.url_open(f"/contact/stop/{wrong}", data=data)
                self.assertEqual(response.status_code, 404, wrong)
                self.assertNotIn("dealer0", response.text)
        self.assertFalse(self.consents.search_count([]))

    def test_token_of_a_company_that_is_gone(self):
        gone = self.env["res.company"].create({"name": "Gone"})
        url = self.consents._get_stop_url(gone, "email", "a@example.com")
        gone.unlink()
        self.assertIsNone(self.consents._read_stop_token(url.rsplit("/", 1)[1]))
