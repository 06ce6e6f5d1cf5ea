from odoo import http
from odoo.http import content_disposition, request


class SaleKit(http.Controller):
    """What a customer sees who opens a link of the sale kit."""

    @http.route(
        "/sale_kit/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        csrf=False,
        save_session=False,
    )
    def show(self, token, **_kwargs):
        """The file, or the page that says that the link is over."""
        is_head = request.httprequest.method == "HEAD"
        item = request.env["crm.sale.kit.share"]._open(token, is_counted=not is_head)
        if not item:
            return request.render("crm_funnel_loyalty.sale_kit_over", {}, status=404)
        if item.url:
            return request.redirect(item.url, local=False)
        content, filename, mimetype = item._get_content()
        return request.make_response(
            content,
            [
                ("Content-Type", mimetype or "application/octet-stream"),
                ("Content-Disposition", content_disposition(filename)),
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"),
                ("Cache-Control", "no-store"),
            ],
        )
