from odoo import fields, models


class CrmAdsSkill(models.Model):
    """What a data may need of the person who gets it: a language, a region, a product.

    SPECIFICATION (002.24)
    - A data needs the skills of its ad, and each region skill whose provinces hold the
      data's province. A member of a rule who lacks one is passed over.
    """

    _name = "crm.ads.skill"
    _description = "Distribution Skill"
    _order = "kind, name"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("language", "Language"), ("region", "Region"), ("product", "Product")],
        required=True,
        default="language",
    )
    color = fields.Integer()
    state_ids = fields.Many2many(
        "res.country.state",
        string="Provinces",
        domain="[('country_id.code', '=', 'VN')]",
        help="Data from these provinces needs somebody with this skill.",
    )

    _name_uniq = models.UniqueIndex("(name)", "This skill is already there.")
