import re

from markupsafe import Markup

from odoo import models
from odoo.exceptions import ValidationError


class CrmConnectorProvider(models.AbstractModel):
    """What a provider has to be able to do; ``crm.connector.<provider>`` inherit it.

    SPECIFICATION
    - ``_api_class`` is the provider in ``services.connect``: HTTP, signatures, shapes.
    - Everything here works on behalf of one ``crm.connector`` that is passed in, as the
      system, and never commits: the frame does, after each event and each page.
    - What goes wrong at the provider is raised as an ``ApiError``; the frame knows what
      follows from it.
    """

    _name = "crm.connector.provider"
    _description = "Connector Provider"

    _api_class = None
    # Credential > regular expression that it has to match, and what it looks like.
    _credential_patterns = {}

    def _get_required_credentials(self):
        """Names of the fields that must be filled before the connector can run."""
        return ()

    def _get_used_credentials(self):
        """Names of the credential fields that the form shows."""
        return list(self._get_required_credentials())

    def _get_generated_credentials(self):
        """Names of those that we choose and the provider only repeats."""
        return ()

    def _check_credentials(self, connector):
        """
        :raise ValidationError: when one of them cannot be right
        """
        for fname, (pattern, example) in self._credential_patterns.items():
            value = connector[fname]
            if value and not re.fullmatch(pattern, value):
                raise ValidationError(
                    self.env._(
                        "%(field)s of %(name)s looks like %(example)s.",
                        field=connector._fields[fname]._description_string(self.env),
                        name=connector.name,
                        example=example,
                    )
                )

    def _get_webhook_address(self, connector):
        """Where the provider is to send its webhooks."""
        base = connector.get_base_url()
        return f"{base}/crm_ads/connector/{connector.webhook_uuid}"

    def _get_setup_help(self):
        """What to do at the provider, step by step; Html."""
        return self._format_steps(self._get_setup_steps())

    def _get_setup_steps(self):
        """The steps as a list of texts."""
        return []

    def _format_steps(self, steps):
        items = Markup().join(Markup("<li>%s</li>") % step for step in steps)
        return Markup("<ol>%s</ol>") % items if items else ""

    def _test(self, connector):
        """Make the cheapest call that proves the credentials.

        :return: text to show
        :raise ApiError: when the provider does not take them
        """
        return connector._get_api().test()

    def _process_event(self, connector, event):
        """Do what one event of the inbox means.

        :return: the record that came of it; None when it does not concern us
        :raise ApiError: ``Transient`` and ``Throttled``: later again; ``TokenExpired``:
            the connector has to be authorised anew; ``Permanent``: given up
        """
        raise NotImplementedError

    def _poll_page(self, connector, since, until, cursor):
        """Read and store one page of what changed in ``[since, until)``.

        :param since: unix seconds; ``until`` too
        :param cursor: what the page before gave; None for the first
        :return: ``(number of records, next cursor or None)``
        :raise ApiError:
        """
        raise NotImplementedError

    def _refresh(self, connector):
        """Get new tokens from the provider: HTTP only, the frame keeps them.

        :return: dict of ``access_token``, ``refresh_token``, ``token_expiry`` and
            ``refresh_expiry``; None where tokens are not refreshed
        :raise ApiError:
        """
        return

    def _can_refresh(self, connector):
        """Whether ``_refresh`` gives new tokens for this connector."""
        return False
