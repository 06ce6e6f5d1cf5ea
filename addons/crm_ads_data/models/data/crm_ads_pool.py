from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What people write into a name although it leads to the person: numbers in any
# grouping, and addresses.
_DIGITS = r"\+?\d([\s.\-_()]*\d){3,}"
_ADDRESS = r"\S+@\S+"


class CrmAdsPool(models.Model):
    """The pool ("Kho số") as salespeople see it: everything but the way to the person.

    SPECIFICATION (hazards 2.4; N11)
    - One row for each data in state ``pool``, with the same id. The number is masked in
      the database itself: no reading, searching, sorting, grouping or exporting of this
      model can tell more than what is shown; there is no field that leads to the data.
    - ``action_view_number`` claims the data for some minutes and shows the number to
      that one person; nobody else can look meanwhile. Each look is written down in
      ``crm.ads.pool.view``, and their number within an hour is limited.
    """

    _name = "crm.ads.pool"
    _description = "Pool"
    _auto = False
    _order = "pool_date, id"
    _depends = {
        "crm.ads.data": [
            "ad_id",
            "claim_until",
            "claim_user_id",
            "company_id",
            "date",
            "name",
            "phone",
            "pool_date",
            "product_id",
            "state",
            "state_id",
        ],
        "crm.ads.ad": ["name"],
    }

    name = fields.Char(string="Customer", readonly=True)
    masked_phone = fields.Char(string="Phone", readonly=True)
    state_id = fields.Many2one("res.country.state", string="Region", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    ad_name = fields.Char(string="Ad", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime(string="Received", readonly=True)
    pool_date = fields.Datetime(string="In Pool Since", readonly=True)
    claim_user_id = fields.Many2one(
        "res.users", string="Being Looked At By", readonly=True
    )
    claim_until = fields.Datetime(string="Until", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT data.id,
                   regexp_replace(
                       regexp_replace(data.name, %(address)s, '***', 'g'),
                       %(digits)s, '***', 'g'
                   ) AS name,
                   CASE WHEN data.phone LIKE '+84%%'
                        THEN '0' || substr(data.phone, 4, 2)
                        ELSE substr(data.phone, 1, 3)
                   END || ' *** ' || right(data.phone, 3) AS masked_phone,
                   data.state_id,
                   data.product_id,
                   ad.name AS ad_name,
                   data.company_id,
                   data.date,
                   data.pool_date,
                   CASE WHEN data.claim_until > %(now)s THEN data.claim_user_id END
                       AS claim_user_id,
                   CASE WHEN data.claim_until > %(now)s THEN data.claim_until END
                       AS claim_until
              FROM crm_ads_data data
              JOIN crm_ads_ad ad ON ad.id = data.ad_id
             WHERE data.state = 'pool'
            """,
            now=fields.Datetime.now(),
            address=_ADDRESS,
            digits=_DIGITS,
        )

    @api.depends("name", "masked_phone")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.name or row.masked_phone or ""

    def action_view_number(self):
        """Claim this data and show its number to the one who asks.

        :return: action that opens the number, with the buttons to take or to leave it
        :raise UserError: when somebody else has it, or the person looks at too many
        """
        self.ensure_one()
        self.check_access("read")
        self._check_looks_left()
        # sudo: the data is nobody's; only its number is shown, to this person alone
        data = self.env["crm.ads.data"].sudo().browse(self.id)
        data._claim_for(self.env.user)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Number from the Pool"),
            "res_model": "crm.ads.pool.claim",
            "res_id": self.env["crm.ads.pool.claim"].create({"pool_id": self.id}).id,
            "view_mode": "form",
            "target": "new",
        }

    def _check_looks_left(self):
        self.env.user._lock_pool_looks()
        limit = self.env.company.ads_claims_per_hour
        # sudo: a person may not read the log of looks, not even the own one
        looks = self.env["crm.ads.pool.view"].sudo()
        since = fields.Datetime.now() - timedelta(hours=1)
        domain = [("user_id", "=", self.env.uid), ("date", ">=", since)]
        if limit and looks.search_count(domain) >= limit:
            raise UserError(
                self.env._(
                    "You have looked at %(limit)s numbers within the hour. Work on"
                    " those first.",
                    limit=limit,
                )
            )
