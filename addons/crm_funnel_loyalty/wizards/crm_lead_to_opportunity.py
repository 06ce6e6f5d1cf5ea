from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLead2opportunityPartner(models.TransientModel):
    """Core's conversion wizard, which now knows phone numbers and the checklist.

    SPECIFICATIONS
    * It says why somebody has to decide. Duplicates by phone number and tax id are
      offered for merging beside core's by e-mail.
    * Where required questions are open, the one who converts gives a reason, which the
      history keeps; in mass such leads are refused.
    * A conversion can be undone for a while; merging cannot, because the merged records
      are gone.
    """

    _inherit = "crm.lead2opportunity.partner"

    doubts = fields.Text(string="To Decide", compute="_compute_doubts")
    has_open_questions = fields.Boolean(compute="_compute_doubts")
    checklist_reason = fields.Char(
        string="Reason",
        help="Why this becomes an opportunity with questions still open.",
    )

    @api.depends("lead_id")
    def _compute_doubts(self):
        for convert in self:
            lead = convert.lead_id
            doubts = (
                lead._get_conversion_doubts(*lead._match_customers()) if lead else []
            )
            convert.doubts = "\n".join(doubts)
            convert.has_open_questions = lead and any(
                lead._get_open_questions().values()
            )

    @api.depends("lead_id", "partner_id")
    def _compute_duplicated_lead_ids(self):
        result = super()._compute_duplicated_lead_ids()
        for convert in self.filtered("lead_id"):
            partner = convert.partner_id or None
            duplicates = convert.lead_id._get_open_duplicates(partner)
            if duplicates:
                convert.duplicated_lead_ids |= duplicates | convert.lead_id
        return result

    def action_apply(self):
        """Convert or merge, say what was done and offer the way back."""
        leads = self._get_leads_to_convert()
        self._check_checklist(leads)
        # core converts what the context names: it has to be what was checked
        wizard = self.with_context(active_ids=leads.ids)
        action = super(CrmLead2opportunityPartner, wizard).action_apply()
        if len(leads) != 1 or self.name == "merge":
            return action
        return leads._get_converted_action()

    def _get_leads_to_convert(self):
        return self.lead_id or self.env["crm.lead"].browse(
            self.env.context.get("active_ids", [])
        )

    def _check_checklist(self, leads):
        """Open questions ask for a reason, which the history keeps."""
        for lead, items in leads._get_open_questions().items():
            if not items or lead.type != "lead":
                continue
            questions = ", ".join(items.mapped("name"))
            if not (self.checklist_reason or "").strip():
                raise UserError(
                    self.env._(
                        "“%(lead)s” has questions that are not answered: "
                        "%(questions)s. Answer them on the lead, or convert it alone "
                        "and give a reason.",
                        lead=lead.name,
                        questions=questions,
                    )
                )
            lead._message_log(
                body=self.env._(
                    "Converted without answers to: %(questions)s. Reason: %(reason)s",
                    questions=questions,
                    reason=self.checklist_reason,
                )
            )

    def _convert_and_allocate(self, leads, user_ids, team_id=False):
        # a merge is no conversion that could be undone
        noting = leads if self.name == "convert" else leads.browse()
        with (
            self.env["res.partner"]._funnel_batch() as batch,
            noting._note_conversion() as noted,
        ):
            return super()._convert_and_allocate(
                leads.with_context(**batch, **noted), user_ids, team_id=team_id
            )
