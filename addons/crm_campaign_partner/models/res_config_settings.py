from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What each company allows when people are contacted."""

    _inherit = "res.config.settings"

    contact_sms_from = fields.Float(
        related="company_id.contact_sms_from", readonly=False
    )
    contact_sms_to = fields.Float(related="company_id.contact_sms_to", readonly=False)
    contact_sms_cap = fields.Integer(
        related="company_id.contact_sms_cap", readonly=False
    )
    contact_sms_care_cap = fields.Integer(
        related="company_id.contact_sms_care_cap", readonly=False
    )
    contact_zalo_from = fields.Float(
        related="company_id.contact_zalo_from", readonly=False
    )
    contact_zalo_to = fields.Float(related="company_id.contact_zalo_to", readonly=False)
    contact_zalo_cap = fields.Integer(
        related="company_id.contact_zalo_cap", readonly=False
    )
    contact_zalo_care_cap = fields.Integer(
        related="company_id.contact_zalo_care_cap", readonly=False
    )
    contact_call_from = fields.Float(
        related="company_id.contact_call_from", readonly=False
    )
    contact_call_to = fields.Float(related="company_id.contact_call_to", readonly=False)
    contact_call_cap = fields.Integer(
        related="company_id.contact_call_cap", readonly=False
    )
    contact_call_care_cap = fields.Integer(
        related="company_id.contact_call_care_cap", readonly=False
    )
    contact_email_from = fields.Float(
        related="company_id.contact_email_from", readonly=False
    )
    contact_email_to = fields.Float(
        related="company_id.contact_email_to", readonly=False
    )
    contact_email_cap = fields.Integer(
        related="company_id.contact_email_cap", readonly=False
    )
    contact_email_care_cap = fields.Integer(
        related="company_id.contact_email_care_cap", readonly=False
    )
    contact_care_from = fields.Float(
        related="company_id.contact_care_from", readonly=False
    )
    contact_care_to = fields.Float(related="company_id.contact_care_to", readonly=False)
    contact_queue_days = fields.Integer(
        related="company_id.contact_queue_days", readonly=False
    )
    contact_ad_label = fields.Char(
        related="company_id.contact_ad_label", readonly=False
    )
    contact_require_consent = fields.Boolean(
        related="company_id.contact_require_consent", readonly=False
    )
