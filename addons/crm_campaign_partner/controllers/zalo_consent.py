from odoo import http
from odoo.http import request

from ..models.account.crm_contact_account_zalo import SESSION_MARK


class ZaloConsentController(http.Controller):
    """Where Zalo sends a person back after the consent."""

    @http.route(
        "/contact/zalo/callback",
        type="http",
        auth="user",
        methods=["GET"],
        csrf=False,
        save_session=False,
        readonly=False,
        only_params=(),
    )
    def callback(self):
        """Take the consent and open the account.

        The state is bound to the person and the session that are logged in here and is
        used up, which is what a CSRF token would be for.
        """
        args = request.httprequest.args
        accounts = request.env["crm.contact.account"]
        account = accounts._take_consent(
            args.get("state"), args.get("code"), request.session.get(SESSION_MARK)
        )
        action = "crm_campaign_partner.crm_contact_account_action_mine"
        return request.redirect(f"/odoo/action-{action}/{account.id}")
