from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

WEB = ("https://", "http://")


class CrmSaleKitItem(models.Model):
    """The sale kit (003.46, 003.47, 003.64, 003.66): documents for selling and for
    learning how to sell, in one place.

    SPECIFICATION
    - An item is a file, a document of a product, or an address on the web.
    - SALES: may be shown to customers, by a link that ends and is counted
      (``crm.sale.kit.share``).
    - TRAINING: for salespeople only, no link leads to it; each marks it as read, and
      managers see who has not.
    - RIGHTS: every salesperson reads, managers put things in. An item with a company is
      for that company only.
    """

    _name = "crm.sale.kit.item"
    _description = "Sale Kit Item"
    _order = "kind, sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    kind = fields.Selection(
        [("sales", "For customers"), ("training", "Training")],
        default="sales",
        required=True,
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    product_ids = fields.Many2many("product.template", string="Products")
    file = fields.Binary(attachment=True)
    filename = fields.Char()
    document_id = fields.Many2one(
        "product.document",
        string="Document of a Product",
        ondelete="restrict",
        domain="[('type', '=', 'binary')]",
    )
    url = fields.Char(string="Web Address")
    description = fields.Text()
    is_required = fields.Boolean(
        string="Everybody Has to Read It", help="Listed until everybody has read it."
    )
    share_ids = fields.One2many("crm.sale.kit.share", "item_id")
    share_count = fields.Integer(compute="_compute_share_figures", string="Shared")
    open_count = fields.Integer(compute="_compute_share_figures", string="Opened")
    reading_ids = fields.One2many("crm.sale.kit.reading", "item_id")
    reader_count = fields.Integer(compute="_compute_reader_count", string="Read By")
    is_read = fields.Boolean(
        string="Read", compute="_compute_is_read", search="_search_is_read"
    )

    @api.depends("share_ids.open_count")
    def _compute_share_figures(self):
        # sudo: how often a document is looked at is for every salesperson
        figures = {
            item.id: (count, opened)
            for item, count, opened in self.env["crm.sale.kit.share"]
            .sudo()
            ._read_group(
                [("item_id", "in", self.ids)],
                ["item_id"],
                ["__count", "open_count:sum"],
            )
        }
        for item in self:
            item.share_count, item.open_count = figures.get(item.id, (0, 0))

    @api.depends("reading_ids")
    def _compute_reader_count(self):
        # sudo: a number, no names
        readings = self.env["crm.sale.kit.reading"].sudo()
        counts = dict(
            readings._read_group(
                [("item_id", "in", self.ids)], ["item_id"], ["__count"]
            )
        )
        for item in self:
            item.reader_count = counts.get(item, 0)

    @api.depends("reading_ids")
    @api.depends_context("uid")
    def _compute_is_read(self):
        mine = self.env["crm.sale.kit.reading"].search(
            [("item_id", "in", self.ids), ("user_id", "=", self.env.uid)]
        )
        for item in self:
            item.is_read = item in mine.item_id

    def _search_is_read(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = self.env["crm.sale.kit.reading"]._search(
            [("user_id", "=", self.env.uid)]
        )
        return [("reading_ids", "in" if True in value else "not in", mine)]

    @api.constrains("name", "file", "document_id", "url")
    def _check_content(self):
        for item in self:
            given = [bool(item.file), bool(item.document_id), bool(item.url)]
            if sum(given) != 1:
                raise ValidationError(
                    self.env._(
                        "“%s” needs one thing to show: a file, a document of a product "
                        "or a web address.",
                        item.name,
                    )
                )
            if item.url and not item.url.startswith(WEB):
                raise ValidationError(
                    self.env._("A web address begins with https:// or http://.")
                )

    @api.constrains("kind", "company_id")
    def _check_skill_plans(self):
        """What is in a skill plan is training that everybody in it sees (003.65)."""
        # sudo: plans of other companies count, too
        plans = self.env["crm.sale.kit.plan"].sudo().with_context(active_test=False)
        for plan in plans.search([("item_ids", "in", self.ids)]):
            for item in plan.item_ids & self.sudo():
                if item.kind != "training":
                    raise ValidationError(
                        self.env._(
                            "“%(item)s” is for customers: a skill plan (“%(plan)s”) "
                            "has training only.",
                            item=item.name,
                            plan=plan.name,
                        )
                    )
                if item.company_id and item.company_id != plan.company_id:
                    raise ValidationError(
                        self.env._(
                            "“%(item)s” is of another company than the skill plan "
                            "“%(plan)s”.",
                            item=item.name,
                            plan=plan.name,
                        )
                    )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open(self):
        """:return: the action that opens the file or the address"""
        self.ensure_one()
        self.check_access("read")
        if self.url:
            url = self.url
        elif self.document_id:
            # sudo: who may read the kit may read what a manager has put into it
            attachment = self.document_id.sudo().ir_attachment_id
            attachment.check_access("read")
            url = f"/web/content/{attachment.id}"
        else:
            url = f"/web/content/{self._name}/{self.id}/file/{self.filename or ''}"
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def action_share(self):
        """Make a link for customers.

        :return: the action that shows the link, to copy it
        :raises UserError: for training material
        """
        self.ensure_one()
        share = self.env["crm.sale.kit.share"]._make(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link to “%s”", self.name),
            "res_model": "crm.sale.kit.share",
            "res_id": share.id,
            "view_mode": "form",
            "target": "new",
        }

    def _check_may_share(self):
        for item in self:
            if item.kind != "sales":
                raise UserError(
                    self.env._(
                        "“%s” is for training: it is not shown to customers.", item.name
                    )
                )

    def action_mark_read(self):
        """Note that the user has read these items; a second time changes nothing."""
        self.check_access("read")
        self.env["crm.sale.kit.reading"]._note(self)

    def action_view_readers(self):
        """:return: the action that lists who has read it and who has not"""
        self.ensure_one()
        self.env["crm.sale.kit.reading"].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who has read “%s”", self.name),
            "res_model": "crm.sale.kit.reading",
            "view_mode": "list",
            "domain": [("item_id", "=", self.id)],
        }

    def _get_content(self):
        """:return: ``(bytes, filename, mimetype)`` of a file"""
        self.ensure_one()
        if self.document_id:
            attachment = self.document_id.ir_attachment_id
            return attachment.raw, attachment.name, attachment.mimetype
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "file"),
                ("res_id", "=", self.id),
            ],
            limit=1,
        )
        return attachment.raw, self.filename or self.name, attachment.mimetype
