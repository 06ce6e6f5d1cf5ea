from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....services.connect import errors, meta

# How often the ad accounts are looked through; leads come as often as all is fetched.
ADS_HOURS = 3
# How far back a form that is new here is read.
BACKFILL_DAYS = 7


class CrmConnector(models.Model):
    """What a connector to Facebook has besides.

    SPECIFICATION
    - ``page_ids`` are the pages that the token leads to, each with its own token.
    - ``sync_ads``: ad accounts, campaigns, ads and their daily figures are fetched too.
    - ``busy_until``: Meta has said that its allowance is nearly used up; no call is
      made before.
    - ``send_stages`` reports what became of leads (see ``crm.connector.feedback``); it
      is off until a person switches it on, and what happened before is not reported.
    """

    _inherit = "crm.connector"

    page_ids = fields.One2many("crm.connector.page", "connector_id")
    page_count = fields.Integer(compute="_compute_page_count")
    api_version = fields.Char(
        string="Graph Version",
        default=meta.VERSION,
        help="The version of Meta's Graph API, such as v26.0.",
    )
    sync_ads = fields.Boolean(
        string="Ads and Figures",
        default=True,
        help="Also fetch ad accounts, campaigns, ads and what they cost each day.",
    )
    ads_synced = fields.Datetime(string="Ads Read", readonly=True, copy=False)
    backfill_days = fields.Integer(
        default=BACKFILL_DAYS,
        help="How many days back a form is read when it is seen for the first time."
        " Facebook keeps leads for 90 days.",
    )
    busy_until = fields.Datetime(readonly=True, copy=False)
    send_stages = fields.Boolean(
        string="Report Stages",
        copy=False,
        help="Tell Facebook what became of its leads, so that its ads look for people"
        " who buy. Phone and e-mail leave hashed only.",
    )
    dataset_ref = fields.Char(
        string="Dataset ID",
        copy=False,
        help="The dataset (pixel) of the Events Manager that is linked to the CRM.",
    )
    test_event_code = fields.Char(
        copy=False,
        help="While this is filled, stages appear under Test Events only.",
    )
    feedback_count = fields.Integer(compute="_compute_feedback_count")

    _backfill_days_range = models.Constraint(
        "CHECK (backfill_days BETWEEN 0 AND 90)",
        "Facebook keeps leads for 90 days: choose 0 to 90.",
    )

    def _compute_page_count(self):
        counts = self._count_own("crm.connector.page")
        for connector in self:
            connector.page_count = counts.get(connector._origin, 0)

    def _compute_feedback_count(self):
        counts = self._count_own("crm.connector.feedback")
        for connector in self:
            connector.feedback_count = counts.get(connector._origin, 0)

    @api.constrains("send_stages", "dataset_ref")
    def _check_dataset_ref(self):
        for connector in self:
            ref = connector.dataset_ref or ""
            if connector.send_stages and not (ref.isascii() and ref.isdigit()):
                raise UserError(
                    self.env._(
                        "Fill in the Dataset ID (digits only) before you report stages:"
                        " Events Manager > Data Sources > your dataset > Settings."
                    )
                )

    def write(self, vals):
        """Write; stages that were reached before reporting began are not told."""
        starting = self.filtered(lambda connector: not connector.send_stages)
        result = super().write(vals)
        if vals.get("send_stages"):
            self.env["crm.connector.feedback"]._skip_past(starting)
        return result

    @api.model
    def _get_webhook_fields(self):
        return [*super()._get_webhook_fields(), "api_version"]

    def _get_credentials(self):
        return super()._get_credentials() | {"api_version": self.api_version}

    def _is_ads_due(self):
        """Whether the ad accounts are to be looked through once more."""
        self.ensure_one()
        limit = fields.Datetime.now() - timedelta(hours=ADS_HOURS)
        return self.sync_ads and (not self.ads_synced or self.ads_synced <= limit)

    def _get_lead_account(self, page=None):
        """The account for what comes without a known ad; made when first needed."""
        self.ensure_one()
        account = (page and page.account_id) or self.account_id
        if not account:
            account = self.env["crm.ads.account"].create(
                {
                    "name": self.name,
                    "channel": "facebook",
                    "user_id": self.user_id.id,
                    "company_id": self.company_id.id,
                    "currency_id": self.company_id.currency_id.id,
                    "is_running": True,
                }
            )
            self.account_id = account
        return account

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_load_pages(self):
        """Fetch the pages that the token leads to, with their tokens."""
        self.ensure_one()
        self.check_access("write")
        handler = self._require_handler()
        pages, cursor = [], None
        try:
            with handler._explain():
                while True:
                    found, cursor = self._get_api().fetch_pages(cursor)
                    pages += found
                    if not cursor:
                        break
        except errors.ApiError as error:
            raise UserError(self._describe_error(error)) from error
        if not pages:
            raise UserError(
                self.env._(
                    "The token leads to no page. Give its system user the pages in the"
                    " Business Settings, and the permission pages_show_list."
                )
            )
        self.env["crm.connector.page"]._upsert(self, pages)
        return self.action_open_pages()

    def action_open_pages(self):
        """Open the pages of this connector."""
        return self._get_action_on("crm_ads_data.action_crm_connector_page")

    def action_open_feedback(self):
        """Open what was reported of this connector's leads."""
        return self._get_action_on("crm_ads_data.action_crm_connector_feedback")
