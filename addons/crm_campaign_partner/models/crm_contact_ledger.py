from odoo import api, models
from odoo.exceptions import UserError


class CrmContactLedger(models.AbstractModel):
    """What was written down once stays as it was, even for an administrator.

    Only the fields of ``_get_open_fields`` change later on (the state of a touch); no
    entry is deleted. It holds in Python, for ``sudo()`` too, beside the access lines
    that let nobody write.
    """

    _name = "crm.contact.ledger"
    _description = "Append-only Ledger"

    def write(self, vals):
        """Refuse to change what was written down."""
        self.check_access("write")
        if not vals.keys() <= self._get_open_fields():
            raise UserError(
                self.env._(
                    "%s: an entry is never changed. Add a new one instead.",
                    self._description,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_written(self):
        raise UserError(self.env._("%s: an entry is never deleted.", self._description))

    @api.model
    def _get_open_fields(self):
        """:return: names of the fields that may change after an entry was made"""
        return set()
