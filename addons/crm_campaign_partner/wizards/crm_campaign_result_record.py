from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.crm_campaign_member_contact import QUEUE


class CrmCampaignResultRecord(models.TransientModel):
    """Write down what one or several partners answered (000.30-000.32).

    ONE: the partner's card is shown, the data can be corrected in the same step, and
    “Save & Next” opens the next one of ``queue_ids``. A result may be left out when
    only the next contact is planned.

    SEVERAL: the same result for all of them.

    WRONG NUMBER: a result that asks for the correct data unfolds it. With another
    number the partner is not done with: he stays on the list to be called.
    """

    _name = "crm.campaign.result.record"
    _description = "Record Campaign Result"
    _inherit = ["crm.campaign.partner.edit"]

    member_ids = fields.Many2many(
        "crm.campaign.member", string="Customers", required=True
    )
    queue_ids = fields.Json(help="The members to go through, in order.")
    member_id = fields.Many2one("crm.campaign.member", compute="_compute_member_id")
    is_single = fields.Boolean(compute="_compute_member_id")
    position_text = fields.Char(compute="_compute_position_text")
    has_next = fields.Boolean(compute="_compute_position_text")
    result_id = fields.Many2one("crm.campaign.result")
    is_final = fields.Boolean(related="result_id.is_final")
    is_positive = fields.Boolean(related="result_id.is_positive")
    note = fields.Text()
    next_date = fields.Date(string="Next Contact")
    is_editing = fields.Boolean(
        string="Correct Customer Data",
        compute="_compute_is_editing",
        store=True,
        readonly=False,
    )
    card = fields.Html(compute="_compute_card", sanitize=False)
    phone = fields.Char(string="Number to Call", related="member_id.phone")
    has_lead = fields.Boolean(compute="_compute_member_id")
    refusal_text = fields.Char(related="member_id.contact_refusal_text")

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("member_ids")
    def _compute_member_id(self):
        for wizard in self:
            members = wizard.member_ids._origin
            wizard.is_single = len(members) == 1
            wizard.member_id = members if wizard.is_single else False
            wizard.has_lead = bool(wizard.member_id.lead_id)

    @api.depends("member_id")
    def _compute_edit_member_id(self):
        for wizard in self:
            wizard.edit_member_id = wizard.member_id

    @api.depends("queue_ids", "member_id")
    def _compute_position_text(self):
        for wizard in self:
            queue = wizard._get_queue_ids()
            place = (
                queue.index(wizard.member_id.id)
                if wizard.member_id.id in queue
                else None
            )
            wizard.has_next = place is not None and place + 1 < len(queue)
            wizard.position_text = (
                f"{place + 1}/{len(queue)}"
                if place is not None and len(queue) > 1
                else False
            )

    @api.depends("result_id")
    def _compute_is_editing(self):
        for wizard in self:
            wizard.is_editing = wizard.is_editing or (
                wizard.is_single and wizard.result_id.asks_correction
            )

    @api.depends("member_id")
    def _compute_card(self):
        for wizard in self:
            wizard.card = wizard.member_id and self.env["ir.qweb"]._render(
                "crm_campaign_partner.campaign_member_card",
                wizard.member_id._prepare_card_values(),
            )

    def _get_queue_ids(self):
        """What came from outside is not trusted to be a list of ids."""
        queue = self.queue_ids if isinstance(self.queue_ids, list) else []
        return [member_id for member_id in queue if isinstance(member_id, int)]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_record(self):
        """Write the result on the members, with the user's own rights."""
        self._record()
        return {"type": "ir.actions.act_window_close"}

    def action_record_next(self):
        """Write the result and open the next partner; the last one says so."""
        self._record()
        return self._open_next(
            self.env._("That was the last one of your list. Well done!")
        )

    def action_skip(self):
        """Open the next partner, and write nothing."""
        self.ensure_one()
        return self._open_next(self.env._("That was the last one of your list."))

    def action_record_opportunity(self):
        """Write the positive result and make the opportunity of it."""
        self._record()
        return self.member_ids.action_create_opportunity()

    def action_call(self):
        """Call the partner; the dialog stays open."""
        self.ensure_one()
        return self.member_ids.action_call()

    def _record(self):
        self.ensure_one()
        if not (self.result_id or self.next_date or self.note or self.is_editing):
            raise UserError(
                self.env._(
                    "Choose what came of it, or when this customer is contacted next."
                )
            )
        changed = set()
        if self.is_editing and self.is_single:
            changed = self._apply_partner_changes()
        values = self._prepare_member_values()
        if values:
            self.member_ids.write(values)
        if self.result_id.asks_correction and "phone" in changed:
            self.member_ids.write(
                {"state": "contacted", "next_date": self._get_retry_date()}
            )

    def _get_retry_date(self):
        return self.next_date or fields.Date.context_today(self)

    def _prepare_member_values(self):
        values = {}
        if self.result_id:
            values = {
                "result_id": self.result_id.id,
                "contact_date": fields.Date.context_today(self),
                "next_date": False if self.is_final else self.next_date,
            }
        elif self.next_date:
            values["next_date"] = self.next_date
        if self.note:
            values["note"] = self.note
        return values

    def _open_next(self, farewell):
        queue = self._get_queue_ids()[:QUEUE]
        following = []
        if self.member_id.id in queue:
            following = queue[queue.index(self.member_id.id) + 1 :]
        for member in self.env["crm.campaign.member"].browse(following).exists():
            if member.has_access("write"):
                return member._action_record(member, member.browse(queue))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": farewell,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
