from odoo import fields, models


class CrmAdsAccount(models.Model):
    """Ad accounts that a connector keeps up to date.

    SPECIFICATION
    - ``sync_status``: ads and campaigns of this account are switched on and off as they
      are at the channel; without it a person alone does that.
    - ``connector_id`` is whose token leads to the account; archive the account to have
      it left alone.
    """

    _inherit = "crm.ads.account"

    connector_id = fields.Many2one(
        "crm.connector", readonly=True, copy=False, index="btree_not_null"
    )
    sync_status = fields.Boolean(
        string="Follow the Channel",
        default=True,
        help="Ads and campaigns are switched on and off here when that happens at the"
        " channel. Untick it to do it by hand alone.",
    )
    tz = fields.Char(
        string="Time Zone",
        readonly=True,
        copy=False,
        help="The days of the ad figures are days of this time zone.",
    )
    last_error = fields.Text(string="Refused by the Channel", readonly=True, copy=False)
