from contextlib import contextmanager
from datetime import timedelta

from odoo import fields, models

from ....services.connect import errors
from ....services.connect.meta import MetaApi
from ....services.connect.meta_codes import MissingPermission


class CrmConnectorFacebook(models.AbstractModel):
    """Facebook: leads of instant forms, conversations, ads and their figures.

    SPECIFICATION
    - One app serves many pages; what comes in goes by the page's id, whichever
      connector of the app it arrives at.
    - Leads: ``crm_connector_facebook_lead``; conversations: ``…_message``; the ad tree
      and its figures: ``…_tree``; the order in which all is fetched: ``…_poll``.
    - A permission that is missing is named, with what to do.
    """

    _name = "crm.connector.facebook"
    _inherit = "crm.connector.provider"
    _description = "Facebook Connector"

    _api_class = MetaApi

    def _get_required_credentials(self):
        return ("app_secret", "access_token", "verify_token")

    def _get_used_credentials(self):
        return ["app_key", *self._get_required_credentials()]

    def _get_generated_credentials(self):
        return ("verify_token",)

    def _get_setup_steps(self):
        return [
            self.env._(
                "At developers.facebook.com create an app of the type Business and add"
                " the products Webhooks and Messenger. Copy App ID and App Secret"
                " (App Settings > Basic) into the fields under Access."
            ),
            self.env._(
                "In the Business Settings make a system user, give it your pages (all"
                " tasks) and ad accounts (view performance), and the app. Generate a"
                " token that never expires with these permissions: leads_retrieval,"
                " pages_show_list, pages_read_engagement, pages_manage_metadata,"
                " pages_manage_ads, pages_messaging, ads_read, ads_management. Paste it"
                " as Access Token."
            ),
            self.env._(
                "Business Settings > Integrations > Leads Access: let the app and the"
                " system user reach the leads of each page."
            ),
            self.env._(
                "In the app under Webhooks choose Page, paste the address and the"
                " verify token shown under Access, press Verify and Save, then"
                " subscribe to leadgen, messages, messaging_postbacks and"
                " messaging_referrals."
            ),
            self.env._("Here: save, press Test Connection, then Load Pages."),
            self.env._(
                "On each page press Subscribe; choose product and ad account for its"
                " forms where the ads do not say them."
            ),
            self.env._(
                "Press Run. Then send a test lead:"
                " developers.facebook.com/tools/lead-ads-testing, choose page and form,"
                " press Create Lead. It appears in the log as not needed, with the"
                " reason 'a test lead of the channel': the way is open."
            ),
        ]

    # ------------------------------------------------------------
    # EVENTS
    # ------------------------------------------------------------

    def _get_topics(self):
        """What each topic of an event is done by."""
        return {"leadgen": self._process_lead, "message": self._process_message}

    def _process_event(self, connector, event):
        process = self._get_topics().get(event.topic)
        if process is None:
            return self._ignore(event, self.env._("not a lead, and not a message"))
        page = self._find_page(connector, event.account_ref)
        if not page:
            return self._ignore(
                event,
                self.env._(
                    "the page %(page)s is not among the active pages of this connector",
                    page=event.account_ref,
                ),
            )
        with self._explain():
            return process(page, event)

    def _ignore(self, event, reason):
        """Pass the event over, and say why."""
        event.error = reason

    def _find_page(self, connector, ref):
        """The active page with that id, of this connector or another of its app."""
        pages = self.env["crm.connector.page"].search(
            [
                ("external_ref", "=", ref),
                ("connector_id.provider", "=", connector.provider),
                ("connector_id.active", "=", True),
            ]
        )
        own = pages.filtered(lambda page: page.connector_id == connector)
        # sudo: the system's right to compare what nobody may read
        secret = connector.sudo().app_secret
        of_app = pages.filtered(
            lambda page: page.connector_id.sudo().app_secret == secret
        )
        return (own or of_app)[:1]

    # ------------------------------------------------------------
    # CALLS
    # ------------------------------------------------------------

    @contextmanager
    def _explain(self):
        """Say which permission is missing, in the reader's language."""
        try:
            yield
        except MissingPermission as error:
            raise errors.Permanent(
                self.env._(
                    "%(why)s – Facebook misses a permission. Give the token"
                    " %(permissions)s, and its user access to the page, its leads and"
                    " the ad account.",
                    why=error,
                    permissions=error.permissions
                    or self.env._("the permissions of the steps"),
                ),
                error.code,
            ) from error

    def _check_busy(self, connector):
        """
        :raise Throttled: while Meta wants no call
        """
        if connector.busy_until and connector.busy_until > fields.Datetime.now():
            left = connector.busy_until - fields.Datetime.now()
            raise errors.Throttled(
                self.env._("Facebook's allowance is nearly used up."),
                retry_after=int(left.total_seconds()) + 1,
            )

    def _keep_wait(self, connector, api):
        """Remember how long Meta asked to pause in its last answer."""
        if api.wait:
            moment = fields.Datetime.now() + timedelta(seconds=api.wait)
            connector.busy_until = moment
