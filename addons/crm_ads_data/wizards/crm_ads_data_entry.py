from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..services.columns import map_rows, match_columns
from ..services.exceptions import TableError
from ..services.table import read_pasted


class CrmAdsDataEntry(models.TransientModel):
    """ "Thêm mới data": the three cases of the seed on one screen (002.14, 002.15,
    002.19–002.21).

    SPECIFICATION
    - TH1 all new, TH2 the campaign exists, TH3 the ad exists: at each level one chooses
      what is there, or types the name of a new one, which is switched on at once.
    - What is chosen and not switched on takes no data; ``switch_on`` switches it on.
    - ``text`` takes what was copied from a sheet or a chat, one person a line; its rows
      become lines at once, each with what will become of it. Lines can also be typed.
    - Saving takes in what can be taken in, through ``crm.ads.data._ingest``; what
      cannot stays on the screen with its reason.

    COST: saving costs what ``_ingest`` does, whatever the number of lines.
    """

    _name = "crm.ads.data.entry"
    _description = "Add Data"

    account_id = fields.Many2one(
        "crm.ads.account",
        string="Ad Account",
        compute="_compute_account_id",
        store=True,
        readonly=False,
    )
    account_name = fields.Char(string="New Account")
    account_ref = fields.Char(string="Account ID")
    channel = fields.Selection(
        selection=lambda self: (
            self.env["crm.ads.account"]
            ._fields["channel"]
            ._description_selection(self.env)
        ),
        default="facebook",
    )
    campaign_id = fields.Many2one(
        "crm.ads.campaign",
        string="Ad Campaign",
        compute="_compute_campaign_id",
        store=True,
        readonly=False,
        domain="[('account_id', '=?', account_id)]",
    )
    campaign_name = fields.Char(string="New Campaign")
    ad_id = fields.Many2one(
        "crm.ads.ad",
        domain="[('account_id', '=?', account_id), ('campaign_id', '=?', campaign_id)]",
    )
    ad_name = fields.Char(string="New Ad")
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        domain=[("sale_ok", "=", True)],
    )
    closed_text = fields.Char(compute="_compute_closed_text")
    switch_on = fields.Boolean(string="Switch it on", default=True)
    text = fields.Text(string="Paste Here", store=False)
    line_ids = fields.One2many("crm.ads.data.entry.line", "entry_id", string="People")
    valid_count = fields.Integer(compute="_compute_counts")
    duplicate_count = fields.Integer(compute="_compute_counts")
    invalid_count = fields.Integer(compute="_compute_counts")
    done_text = fields.Char(readonly=True)

    @api.depends("campaign_id", "ad_id")
    def _compute_account_id(self):
        for entry in self:
            entry.account_id = (
                entry.ad_id.account_id
                or entry.campaign_id.account_id
                or entry.account_id
            )

    @api.depends("ad_id", "account_id")
    def _compute_campaign_id(self):
        for entry in self:
            campaign = entry.ad_id.campaign_id or entry.campaign_id
            fits = not entry.account_id or campaign.account_id == entry.account_id
            entry.campaign_id = campaign if fits else False

    @api.depends("ad_id")
    def _compute_product_id(self):
        for entry in self:
            entry.product_id = entry.ad_id.product_id or entry.product_id

    @api.depends("account_id", "campaign_id", "ad_id")
    def _compute_closed_text(self):
        for entry in self:
            closed = [level.display_name for level in entry._get_closed_levels()]
            entry.closed_text = ", ".join(closed)

    @api.depends("line_ids.state")
    def _compute_counts(self):
        for entry in self:
            states = entry.line_ids.mapped("state")
            entry.valid_count = states.count("valid")
            entry.duplicate_count = states.count("duplicate")
            entry.invalid_count = states.count("invalid")

    @api.onchange("text")
    def _onchange_text(self):
        """Turn what was pasted into lines, and clear the box for the next paste."""
        if not (self.text or "").strip():
            return
        try:
            table = read_pasted(self.text)
        except TableError as error:
            raise UserError(
                self.env["crm.ads.import"]._get_table_error_text(error)
            ) from error
        timezone = self.env.company._get_ads_timezone()
        rows = map_rows(table, match_columns(table.header), tz=timezone)
        self.line_ids = [Command.create(self._prepare_line_values(row)) for row in rows]
        self.text = False

    @api.model
    def _prepare_line_values(self, row):
        phones = [*row.phones, None, None]
        return {
            "name": row.name,
            "phone": phones[0] or row.phone_text,
            "phone2": phones[1],
            "email": row.email,
            "province": row.province,
            "note": row.note,
            "date": row.created_time,
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_save(self):
        """Take in what can be taken in; what cannot stays on the screen.

        :raise UserError: when an ad is missing, or there is nobody to take in
        """
        self.ensure_one()
        taken = self._take_in()
        if self.line_ids:
            return self._reopen()
        return self._close(self._get_done_text(taken))

    def action_save_and_transfer(self):
        """Take in what can be taken in, and deal the new data out at once."""
        self.ensure_one()
        taken = self._take_in()
        new = taken.filtered(lambda data: data.state == "new")
        if not new:
            return self._reopen() if self.line_ids else self._close(self.done_text)
        action = new.action_transfer()
        if self.line_ids:
            self.done_text = f"{self.done_text} {action['params']['message']}"
            return self._reopen()
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action

    def _take_in(self):
        """Make data of the lines that can become one; forget those lines.

        :return: the ``crm.ads.data`` that were made
        """
        lines = self.line_ids.filtered(lambda line: line.state != "invalid")
        if not lines:
            raise UserError(
                self.env._(
                    "There is nobody to take in: paste or type at least one phone"
                    " number, and put right what is marked red."
                )
            )
        ad = self._get_ad()
        rows = [line._prepare_row(ad) for line in lines]
        data_model = self.env["crm.ads.data"]
        taken = data_model
        done = lines.browse()
        outcomes = data_model._ingest(rows, "manual")
        for line, (_status, data, _reason) in zip(lines, outcomes, strict=True):
            if data:
                taken |= data
                done |= line
        done.unlink()
        self.write({"ad_id": ad.id, "done_text": self._get_done_text(taken)})
        return taken

    def _get_done_text(self, taken):
        duplicates = taken.filtered(lambda data: data.state == "duplicate")
        text = self.env._("%(count)s taken in.", count=len(taken))
        if duplicates:
            text += " " + self.env._(
                "%(count)s of them known already.", count=len(duplicates)
            )
        return text

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _close(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # ------------------------------------------------------------
    # THE TREE
    # ------------------------------------------------------------

    def _get_closed_levels(self):
        """What is chosen and not switched on: list of account, campaign and ad."""
        self.ensure_one()
        levels = (self.account_id, self.campaign_id, self.ad_id)
        return [level for level in levels if level and not level.is_running]

    def _get_ad(self):
        """The ad chosen, or the new one with whatever is new above it.

        :raise UserError: when a level is neither chosen nor named, or is not switched
            on
        """
        closed = self._get_closed_levels()
        if closed and not self.switch_on:
            raise UserError(
                self.env._(
                    "Not switched on: %(closed)s. Tick Switch it on, or choose others.",
                    closed=self.closed_text,
                )
            )
        for level in closed:
            level.is_running = True
        if self.ad_id:
            return self.ad_id
        self._check_named()
        account = self.account_id or self.env["crm.ads.account"].create(
            self._prepare_account_values()
        )
        campaign = self.campaign_id or self.env["crm.ads.campaign"].create(
            self._prepare_campaign_values(account)
        )
        return self.env["crm.ads.ad"].create(self._prepare_ad_values(campaign))

    def _check_named(self):
        levels = (
            ("ad_name", self.env._("the ad")),
            ("campaign_name", self.env._("the ad campaign")),
            ("account_name", self.env._("the ad account")),
        )
        chosen = {
            "ad_name": False,
            "campaign_name": self.campaign_id,
            "account_name": self.account_id,
        }
        missing = [
            label
            for fname, label in levels
            if not chosen[fname] and not (self[fname] or "").strip()
        ]
        if missing:
            raise UserError(
                self.env._(
                    "Choose one that exists, or type the name of a new one: %(what)s.",
                    what=", ".join(missing),
                )
            )

    def _prepare_account_values(self):
        return {
            "name": self.account_name.strip(),
            "external_ref": (self.account_ref or "").strip() or False,
            "channel": self.channel,
            "is_running": True,
        }

    def _prepare_campaign_values(self, account):
        return {
            "title": self.campaign_name.strip(),
            "account_id": account.id,
            "is_running": True,
        }

    def _prepare_ad_values(self, campaign):
        return {
            "name": self.ad_name.strip(),
            "campaign_id": campaign.id,
            "product_id": self.product_id.id,
            "is_running": True,
        }
