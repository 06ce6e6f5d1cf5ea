from odoo import fields, models


class CrmAdsDistributionDryRunLine(models.TransientModel):
    """What one person would have got, beside what he or she really got.

    SPECIFICATION (N4)
    - ``count`` and ``share`` of the dry run; ``real_count``: how many of the same data
      the person got in truth; ``skipped_text``: how often passed over, and why.
    """

    _name = "crm.ads.distribution.dry.run.line"
    _description = "Dry Run of a Person"
    _order = "count desc, id"

    run_id = fields.Many2one("crm.ads.distribution.dry.run", ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    count = fields.Integer(string="Would Get", readonly=True)
    share = fields.Float(readonly=True)
    real_count = fields.Integer(string="Really Got", readonly=True)
    skipped_text = fields.Char(string="Passed Over", readonly=True)
