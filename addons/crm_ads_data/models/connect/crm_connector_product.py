from odoo import api, fields, models
from odoo.tools import SQL


class CrmConnectorProduct(models.Model):
    """An article of a platform that no product of ours was found for, and which it is.

    SPECIFICATION
    - One row per connector and ``sku``: the platform's code of the article, or its name
      where it has none. Written with INSERT … ON CONFLICT.
    - An article is ours by the row's product, else by the internal reference, else by
      the barcode. Found by neither, it is sold as the company's placeholder product,
      with the platform's name and price, and stands here to be mapped.
    - Where a person says which product it is, the lines of open orders follow: those of
      quotations and of confirmed orders, not of invoiced, locked or cancelled ones.
      A product that gets the article's code later is taken with the next order.

    RIGHTS: sale admins map; rows come of orders and can be added by hand as well.

    COST: two queries to look up any number of articles, one to add the unknown ones.
    """

    _name = "crm.connector.product"
    _description = "Platform Article"
    _order = "product_id desc, connector_id, sku"
    _rec_name = "sku"
    _rec_names_search = ["sku", "name"]
    _check_company_auto = True

    connector_id = fields.Many2one(
        "crm.connector", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="connector_id.company_id", store=True, index=True
    )
    sku = fields.Char(
        string="Code",
        required=True,
        help="The platform's code of the article; its name where it has no code.",
    )
    name = fields.Char(string="Article")
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        index="btree_not_null",
        domain=[("sale_ok", "=", True)],
    )
    line_ids = fields.One2many("sale.order.line", "connector_product_id")
    line_count = fields.Integer(string="Order Lines", compute="_compute_line_count")

    _sku_uniq = models.UniqueIndex(
        "(connector_id, sku)", "This article of the connector is already in the list."
    )

    def _compute_line_count(self):
        # sudo: how often an article is sold, not to whom
        groups = (
            self.env["sale.order.line"]
            .sudo()
            ._read_group(
                [("connector_product_id", "in", self.ids)],
                ["connector_product_id"],
                ["__count"],
            )
        )
        counts = dict(groups)
        for article in self:
            article.line_count = counts.get(article, 0)

    def write(self, vals):
        """A mapped article: the lines of open orders follow."""
        result = super().write(vals)
        if "product_id" in vals:
            self._teach_orders()
        return result

    def _teach_orders(self):
        """The lines of open orders become the product that was said."""
        # sudo: who maps articles need not be the salesperson of each order
        lines = self.sudo().line_ids
        platform_orders = lines.order_id.connector_order_ids
        for company, orders in platform_orders.grouped("company_id").items():
            orders.with_company(company)._follow_mapping()

    @api.model
    def _get_articles(self, connector, wanted):
        """What the articles of a connector are.

        :param wanted: dict of article code to name
        :return: dict of code to ``(product or an empty one, row or an empty one)``;
            articles that are not mapped yet have a row and no product
        """
        rows = self.search(
            [("connector_id", "=", connector.id), ("sku", "in", [*wanted])]
        )
        by_sku = {row.sku: row for row in rows}
        open_skus = [sku for sku in wanted if not by_sku.get(sku, self).product_id]
        products = self._find_products(connector.company_id, open_skus)
        for row in rows:
            if not row.product_id and row.sku in products:
                row.product_id = products[row.sku]
        missing = {
            sku: wanted[sku]
            for sku in open_skus
            if sku not in products and sku not in by_sku
        }
        by_sku |= self._add(connector, missing)
        nothing = self.env["product.product"]
        found = {}
        for sku in wanted:
            row = by_sku.get(sku, self.browse())
            found[sku] = (row.product_id or products.get(sku, nothing), row)
        return found

    @api.model
    def _find_products(self, company, skus):
        """Our active products by internal reference, else by barcode.

        :return: dict of code to ``product.product``
        """
        if not skus:
            return {}
        self.env["product.product"].flush_model()
        self.env["product.template"].flush_model(["company_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (code) code, id FROM (
                    SELECT default_code AS code, 1 AS rank, product_tmpl_id, id
                      FROM product_product WHERE active AND default_code = ANY(%s)
                     UNION ALL
                    SELECT barcode, 2, product_tmpl_id, id
                      FROM product_product WHERE active AND barcode = ANY(%s)
                ) found
                  JOIN LATERAL (
                        SELECT company_id FROM product_template template
                         WHERE template.id = found.product_tmpl_id
                       ) template ON TRUE
                 WHERE template.company_id IS NULL OR template.company_id = %s
                 ORDER BY code, rank, template.company_id NULLS LAST, id
                """,
                skus,
                skus,
                company.id,
            )
        )
        return {code: self.env["product.product"].browse(id_) for code, id_ in rows}

    @api.model
    def _add(self, connector, names):
        """Add rows to be mapped: dict of code to name; dict of code to row."""
        if not names:
            return {}
        # a conflict here is foreseen and retried: it is no error for the server's log
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_connector_product
                       (connector_id, company_id, sku, name,
                        create_uid, write_uid, create_date, write_date)
                SELECT %s, %s, sku, name, %s, %s, now(), now()
                  FROM unnest(%s::text[], %s::text[]) AS w(sku, name)
                    ON CONFLICT (connector_id, sku) DO NOTHING
                RETURNING sku, id
                """,
                connector.id,
                connector.company_id.id,
                self.env.uid,
                self.env.uid,
                [*names],
                [*names.values()],
            ),
            log_exceptions=False,
        )
        return {sku: self.browse(id_) for sku, id_ in self.env.cr.fetchall()}
