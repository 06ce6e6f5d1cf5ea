from odoo import SUPERUSER_ID, api, fields, models

# Messages that a person writes; what the system posts is none of them.
WRITTEN_TYPES = ("comment", "email_outgoing", "sms")


class CrmLead(models.Model):
    """A lead knows the ads data it came of, and tells it when it is first handled.

    SPECIFICATION (002.29)
    Handled, from which moment the data is not taken back any more, is the first
    - message or note by the lead's salesperson: not by the customer, not by the
      system, and not what a sale admin or a marketer writes to the salesperson;
    - activity that a person finished;
    - change to another stage by a person, of the pipeline's or the lead board's;
    - held phone call (see ``crm.ads.data._mark_logged_calls``).
    """

    _inherit = "crm.lead"

    ads_data_ids = fields.One2many("crm.ads.data", "lead_id")
    ads_in_pool = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_system",
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
        return {"stage_id", "lead_stage_id"} & self._fields.keys()

    def write(self, vals):
        """A person's change of stage counts as first contact."""
        moved = self._get_ads_moved(vals)
        result = super().write(vals)
        moved._mark_ads_contacted()
        return result

    def _get_ads_moved(self, vals):
        """The leads of these that ``vals`` brings to another stage."""
        fnames = self._get_ads_contact_fields() & vals.keys()
        if not fnames or self.env.uid == SUPERUSER_ID:
            return self.browse()
        return self.filtered(
            lambda lead: any(lead[fname].id != vals[fname] for fname in fnames)
        )

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if self._is_ads_contact(message):
            self._mark_ads_contacted()
        return result

    def _is_ads_contact(self, message):
        """Whether this message on the lead shows that it is being handled."""
        author = message.author_id.main_user_id
        if not author or author.share or author.id == SUPERUSER_ID:
            return False
        if message.mail_activity_type_id:
            return True
        return message.message_type in WRITTEN_TYPES and author == self.user_id

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

    def _leave_hands(self, former, user=None):
        """What ties the former salespeople to these leads goes with the leads.

        :param former: ``res.users`` who had them; they follow them no more
        :param user: who takes their open activities over; without one these go
        """
        # sudo: the activities of a colleague, and who follows, are the suite's to move
        leads = self.sudo()
        leads.message_unsubscribe(former.partner_id.ids)
        theirs = leads.activity_ids.filtered(lambda act: act.user_id in former)
        if user:
            quick = theirs.with_context(mail_activity_quick_update=True)
            quick.write({"user_id": user.id})
        else:
            theirs.unlink()

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
