from odoo import models

from ...services.send import errors


class CrmContactProvider(models.AbstractModel):
    """What a provider of sending or calling has to be able to do.

    SPECIFICATION
    - ``crm.contact.account.provider`` names the AbstractModel
      ``crm.contact.provider.<provider>`` that serves the account; nothing else knows a
      provider by name.
    - A handler reads the account's settings and credentials (it is called as
      superuser), talks to the provider through ``services.send`` alone, and writes no
      touch: whoever calls it settles them.
    - It raises the errors of ``services.send.errors`` and nothing else: the error's
      class decides what becomes of the message.
    """

    _name = "crm.contact.provider"
    _description = "Provider of Messages and Calls"

    # The subclass of services.send.provider.SendApi.
    _api_class = None
    # Whether a refresh token works once, and ends when it is not used for months.
    _is_refresh_single_use = False
    # Whether what did not go out may go out later, when nobody looks.
    _can_wait = True
    # Whether its reports are signed; else the account's secret address proves them.
    _is_signed = False

    def _get_channel(self):
        """:return: the channel that the provider serves"""
        raise NotImplementedError

    def _get_secret_names(self):
        """:return: the credentials that it needs or may use, see
        ``crm_contact_account_secret.SECRETS``"""
        return ()

    def _get_required_names(self):
        """:return: the settings and credentials without which it cannot work"""
        return ()

    def _get_setup_help(self):
        """:return: Markup that tells, step by step, where each value is found"""
        return ""

    def _prepare_credentials(self, account):
        """:return: dict of what ``_api_class`` takes, of the account's values"""
        return dict(account._get_secrets())

    def _get_api(self, account):
        """:return: the provider's ``SendApi`` with the account's credentials"""
        return self._api_class(
            self._prepare_credentials(account), account._get_hosts() or None
        )

    def _check(self, account):
        """Refuse settings that can never work.

        :raise ValidationError: with what to do
        """

    def _test(self, account):
        """Make the cheapest call that proves the credentials.

        :return: text to show, without secrets
        :raise ApiError:
        """
        return self._get_api(account).test()

    def _send(self, account, touch):
        """Send one touch in state ``sending``.

        :return: ``services.send.provider.Sent``
        :raise ApiError:
        """
        raise NotImplementedError

    def _send_all(self, account, touches):
        """Send touches; yields ``(touch, Sent or ApiError)`` as soon as each is known.

        Whoever asks settles and commits after each, and may stop asking.
        """
        for touch in touches:
            yield touch, account._attempt("_send", touch)

    def _can_refresh(self, account):
        """Whether the access token is one that ends and can be renewed by itself."""
        return False

    def _refresh(self, account):
        """Renew the access; HTTP only.

        :return: ``services.send.provider.Tokens``
        :raise ApiError: ``TokenExpired`` when a person has to give consent again
        """
        raise NotImplementedError

    def _fetch_template(self, account, template_ref):
        """:return: ``services.send.provider.Template``
        :raise ApiError:
        """
        raise errors.Permanent(self.env._("This provider knows no templates."))

    def _register_webhook(self, account):
        """Have reports sent to the account's address.

        :return: text to show
        :raise ApiError:
        """
        raise errors.Permanent(
            self.env._("Copy the address for reports to the provider by hand.")
        )

    # ------------------------------------------------------------------
    # Reports
    # ------------------------------------------------------------------

    def _verify(self, account, raw, headers):
        """Whether a report comes from the provider.

        :param raw: bytes of the body
        """
        return not self._is_signed or self._get_api(account).verify(raw, headers)

    def _read_events(self, account, payload):
        """:return: list of ``services.send.provider.Event``"""
        return self._get_api(account).read_events(payload)

    def _process_event(self, account, event):
        """Work off one report.

        :return: True when done, False to try again later, None when it does not
            concern us
        """
        if not event.state:
            return None
        return self.env["crm.contact.event"]._settle_touch(account, event)
