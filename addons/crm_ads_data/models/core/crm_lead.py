from odoo import api, fields, models


class CrmLead(models.Model):
    """A lead knows the ads data it came of, and tells it when it is first handled.

    Handled (002.29): a salesperson's first message, note or finished activity on the
    lead, or a change of stage.
    """

    _inherit = "crm.lead"

    ads_data_ids = fields.One2many("crm.ads.data", "lead_id")
    ads_in_pool = fields.Boolean(
        readonly=True,
        copy=False,
        help="The data of this lead is in the pool: no salesperson may see it.",
    )
    ads_data_count = fields.Integer(compute="_compute_ads_data_count")

    @api.depends("ads_data_ids")
    def _compute_ads_data_count(self):
        for lead in self:
            lead.ads_data_count = len(lead.ads_data_ids)

    @api.model
    def _get_ads_contact_fields(self):
        """Fields whose change shows that somebody works the lead.

        ``lead_stage_id`` is the stage of the lead board, where that is installed.
        """
        return {"stage_id", "lead_stage_id"}

    def write(self, vals):
        """A change of stage counts as first contact."""
        result = super().write(vals)
        if self._get_ads_contact_fields() & vals.keys():
            self._mark_ads_contacted()
        return result

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if message.message_type == "comment" or message.mail_activity_type_id:
            author = message.author_id.main_user_id
            if author and not author.share:
                self._mark_ads_contacted()
        return result

    def _mark_ads_contacted(self):
        # sudo: a salesperson's work moves the marketer's data on
        waiting = self.sudo().ads_data_ids.filtered(lambda data: not data.contact_date)
        if waiting:
            waiting.contact_date = fields.Datetime.now()

    def _drop_first_calls(self):
        """Take away the first calls that are planned and not made."""
        call = self.env.ref("crm_ads_data.mail_activity_type_first_call")
        # sudo: the call was planned by the transfer, which takes it away again
        self.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == call
        ).unlink()

    def _merge_dependences(self, opportunities):
        """The data of merged leads follow to the lead that stays."""
        # sudo: who merges leads need not be the marketer of their data
        opportunities.sudo().ads_data_ids.lead_id = self
        return super()._merge_dependences(opportunities)

    def action_open_ads_data(self):
        """Open the ads data that this lead came of."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_ads_data.action_crm_ads_data"
        )
        action["domain"] = [("lead_id", "=", self.id)]
        action["context"] = {"create": False}
        return action
