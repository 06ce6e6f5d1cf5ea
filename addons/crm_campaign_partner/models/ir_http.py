from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    """Routes with ``only_params`` get the arguments of these names alone: whatever else
    stands in the query of a webhook is read there, and makes no route stumble."""

    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        names = endpoint.routing.get("only_params")
        if names:
            request.params = {name: request.params[name] for name in names}
        return super()._dispatch(endpoint)
