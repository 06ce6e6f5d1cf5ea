from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..services.guard import Policy
from .const import CHANNELS

DEFAULT_TIMEZONE = "Asia/Ho_Chi_Minh"


class ResCompanyContact(models.Model):
    """What a company allows when people are contacted; Vietnam's rules to start with.

    Decree 91/2020/ND-CP, articles 13 to 16: advertising by SMS between 07:00 and 22:00,
    by phone between 08:00 and 17:00; at most three SMS, three e-mails and one call per
    person and day; a label in front of advertising. Zalo is not named there and gets
    the hours of SMS. E-mail may be sent at any hour.

    Care (no advertising: a delivery, a birthday) has caps and hours of its own.
    A cap of 0 means any number. The time zone is the company's own (on its address),
    Vietnam's where none is set.
    """

    _inherit = "res.company"

    contact_sms_from = fields.Float(string="SMS From", default=7.0)
    contact_sms_to = fields.Float(string="SMS To", default=22.0)
    contact_sms_cap = fields.Integer(string="SMS per Day", default=3)
    contact_sms_care_cap = fields.Integer(string="Care SMS per Day", default=3)
    contact_zalo_from = fields.Float(string="Zalo From", default=7.0)
    contact_zalo_to = fields.Float(string="Zalo To", default=22.0)
    contact_zalo_cap = fields.Integer(string="Zalo per Day", default=3)
    contact_zalo_care_cap = fields.Integer(string="Care Zalo per Day", default=3)
    contact_call_from = fields.Float(string="Calls From", default=8.0)
    contact_call_to = fields.Float(string="Calls To", default=17.0)
    contact_call_cap = fields.Integer(string="Calls per Day", default=1)
    contact_call_care_cap = fields.Integer(string="Care Calls per Day", default=2)
    contact_email_from = fields.Float(string="E-mails From", default=0.0)
    contact_email_to = fields.Float(string="E-mails To", default=24.0)
    contact_email_cap = fields.Integer(string="E-mails per Day", default=3)
    contact_email_care_cap = fields.Integer(string="Care E-mails per Day", default=3)
    contact_care_from = fields.Float(string="Care From", default=7.0)
    contact_care_to = fields.Float(string="Care To", default=22.0)
    contact_queue_days = fields.Integer(
        string="Days to Wait",
        default=7,
        help="A message that may not be sent now waits for at most so many days.",
    )
    contact_ad_label = fields.Char(string="Label of Advertising", default="[QC]")
    contact_require_consent = fields.Boolean(
        string="Advertise With Consent Only",
        help="Advertising goes only to people whose consent is kept. Without this, it "
        "goes to everybody who has not refused.",
    )

    @api.constrains(
        *(f"contact_{part}_from" for part in (*dict(CHANNELS), "care")),
        *(f"contact_{part}_to" for part in (*dict(CHANNELS), "care")),
    )
    def _check_contact_hours(self):
        for company in self:
            for part in (*dict(CHANNELS), "care"):
                begin = company[f"contact_{part}_from"]
                end = company[f"contact_{part}_to"]
                if not 0 <= begin < end <= 24:
                    raise ValidationError(
                        self.env._(
                            "The hours of contact must begin before they end, between "
                            "00:00 and 24:00."
                        )
                    )

    @api.constrains(
        *(f"contact_{channel}_cap" for channel in dict(CHANNELS)),
        *(f"contact_{channel}_care_cap" for channel in dict(CHANNELS)),
        "contact_queue_days",
    )
    def _check_contact_caps(self):
        names = [
            f"contact_{channel}_{cap}"
            for channel in dict(CHANNELS)
            for cap in ("cap", "care_cap")
        ]
        for company in self:
            if any(company[name] < 0 for name in (*names, "contact_queue_days")):
                raise ValidationError(
                    self.env._("Numbers of contacts and days cannot be negative.")
                )
            if company.contact_queue_days > 60:
                raise ValidationError(
                    self.env._("No message waits for more than 60 days.")
                )

    def _get_contact_policy(self, channel, kind):
        """:return: the :class:`Policy` of this company for a channel and a kind"""
        self.ensure_one()
        # sudo: borrows the right to read one's company; the hours are no secret.
        company = self.sudo()
        care = kind == "care"
        hours = "care" if care else channel
        return Policy(
            timezone=company.partner_id.tz or DEFAULT_TIMEZONE,
            begin=company[f"contact_{hours}_from"],
            end=company[f"contact_{hours}_to"],
            cap=company[f"contact_{channel}_{'care_cap' if care else 'cap'}"],
            horizon=company.contact_queue_days,
        )
