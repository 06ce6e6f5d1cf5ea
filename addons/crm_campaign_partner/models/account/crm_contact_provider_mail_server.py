from markupsafe import Markup

from odoo import models

from ...services.send import errors


class CrmContactProviderMailServer(models.AbstractModel):
    """The mail server that Odoo has already: a person's Gmail or Outlook, connected in
    the preferences, or the company's own. It needs no credentials here."""

    _name = "crm.contact.provider.mail_server"
    _inherit = "crm.contact.provider.smtp"
    _description = "E-mail by Odoo's Own Mail Server"

    def _get_required_names(self):
        return ("email_address",)

    def _get_setup_help(self):
        return Markup("<p>%s</p>") % self.env._(
            "Connect Gmail or Outlook in your preferences first (Outgoing Mail "
            "Server). The company's account uses the mail server that an administrator "
            "has set up."
        )

    def _check(self, account):
        """Nothing to refuse: the server was checked where it was set up."""

    def _get_server(self, account):
        # sudo: borrows the administrator's right over mail servers
        servers = self.env["ir.mail_server"].sudo()
        if account.user_id:
            server = account.user_id.sudo().outgoing_mail_server_id.sudo()
        else:
            server, __ = servers._find_mail_server(account.email_address)
        if not server:
            raise errors.AccountFault(
                self.env._("There is no mail server in Odoo for this address yet.")
            )
        return server

    def _sync_server(self, account):
        return self._get_server(account)
