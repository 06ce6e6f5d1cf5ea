import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, consteq

from ...tools import local_date

DAYS = 30
# What a seller may change: until when, and for whom.
_OPEN = {"expiry_date", "partner_id", "active"}


class CrmSaleKitShare(models.Model):
    """A link to an item of the sale kit, for a customer (003.66).

    SPECIFICATION
    - The address is a secret of 32 random bytes; who has it sees this one file.
    - It ends after ``expiry_date``, a day of the company (30 days when nothing else is
      said), when it is taken back, and when the item is archived.
    - Each opening is counted, by one UPDATE; previews of mail and chat programs that
      only ask for the head are not.
    - RIGHTS: everybody has the own links; sales managers see all.
    """

    _name = "crm.sale.kit.share"
    _description = "Link to a Sale Kit Item"
    _order = "id desc"
    _rec_name = "item_id"

    item_id = fields.Many2one(
        "crm.sale.kit.item",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Shared By", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one("res.partner", string="For Customer")
    active = fields.Boolean(default=True)
    token = fields.Char(
        required=True, readonly=True, copy=False, groups="base.group_system"
    )
    link = fields.Char(compute="_compute_link")
    expiry_date = fields.Date(
        string="Ends On",
        required=True,
        default=lambda self: self._get_today() + timedelta(days=DAYS),
    )
    open_count = fields.Integer(string="Opened", readonly=True)
    last_open = fields.Datetime(string="Last Opened", readonly=True)

    _token_uniq = models.UniqueIndex("(token)")

    @api.model_create_multi
    def create(self, vals_list):
        """Links are made by the button of the item."""
        if not self.env.su:
            raise AccessError(self.env._("Share an item by its button."))
        return super().create(vals_list)

    def write(self, vals):
        """A seller changes until when and for whom, and takes the link back."""
        if not self.env.su and not vals.keys() <= _OPEN:
            raise AccessError(
                self.env._("Only the last day and the customer of a link are changed.")
            )
        return super().write(vals)

    @api.model
    def _make(self, item):
        item.check_access("read")
        item._check_may_share()
        # sudo: the system makes the secret; whose link it is stands in it
        return (
            self.sudo()
            .create(
                {
                    "item_id": item.id,
                    "user_id": self.env.uid,
                    "token": secrets.token_urlsafe(32),
                }
            )
            .sudo(False)
        )

    @api.depends("item_id")
    def _compute_link(self):
        for share in self:
            # sudo: whoever may read the link may pass it on
            token = share.sudo().token
            share.link = f"{share.get_base_url()}/sale_kit/{token}"

    def _get_today(self):
        """The day of the item's company, else of the seller's: who opens the link is
        nobody with a day of his own."""
        company = self.item_id.company_id or self.user_id.company_id
        return local_date(self.env.cr.now(), company or self.env.company)

    @api.model
    def _open(self, token, is_counted=True):
        """The item that a link leads to, as superuser, and count the opening.

        :param is_counted: False for a request for the head only
        :return: the item; empty where the link is wrong, over or taken back
        """
        # sudo: the secret is the right to see this one item
        share = self.sudo().search([("token", "=", token)], limit=1)
        item = share.item_id
        is_open = (
            share
            and consteq(share.token, token)
            and share.expiry_date >= share._get_today()
            and item.active
            and item.kind == "sales"
        )
        if not is_open:
            return item.browse()
        if is_counted:
            self.env.cr.execute(
                SQL(
                    """UPDATE crm_sale_kit_share
                          SET open_count = COALESCE(open_count, 0) + 1, last_open = %s
                        WHERE id = %s""",
                    fields.Datetime.now(),
                    share.id,
                )
            )
            share.invalidate_recordset(["open_count", "last_open"])
        return item
