from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    """Routes that take none of what stands in the query or a form as an argument.

    Odoo passes all of it on by name, so that ``?self=1`` makes any route stumble (HTTP
    500). A route with ``only_params`` gets the arguments of these names alone.
    """

    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        names = endpoint.routing.get("only_params")
        if names:
            request.params = {name: request.params[name] for name in names}
        return super()._dispatch(endpoint)
