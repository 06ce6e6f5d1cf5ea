from odoo import fields, models


class CrmCampaignResult(models.Model):
    """What a partner can answer when contacted for a campaign (000.33).

    ``is_final`` closes the contact: nobody calls again. Without it the partner
    stays open ("considering", "unreachable") and is contacted once more.
    ``is_positive`` counts as a success in the campaign's figures.
    """

    _name = "crm.campaign.result"
    _description = "Campaign Result"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_positive = fields.Boolean(
        string="Positive", help="Counts as a positive answer in the campaign's figures."
    )
    is_final = fields.Boolean(
        string="Final", help="The contact is done: the partner is not called again."
    )
    asks_correction = fields.Boolean(
        string="Asks for Correct Data",
        help="Whoever records it is asked for the right number at once. With one, the "
        "partner is called again.",
    )
    color = fields.Integer()
