from odoo import api, fields, models
from odoo.tools import SQL


class CrmSaleKitReading(models.Model):
    """Who has read what, and when (003.64). Written by the system only; salespeople see
    their own, managers all."""

    _name = "crm.sale.kit.reading"
    _description = "Reading of a Sale Kit Item"
    _order = "date desc, id desc"
    _rec_name = "item_id"

    item_id = fields.Many2one(
        "crm.sale.kit.item",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Reader", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Datetime(string="Read On", required=True, readonly=True)

    _once = models.UniqueIndex("(item_id, user_id)")

    @api.model
    def _note(self, items):
        """COST: one statement, and a query for reminders. Two windows at once leave one
        row."""
        if not items:
            return
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_sale_kit_reading
                       (item_id, user_id, date, create_uid, write_uid, create_date,
                        write_date)
                SELECT item, %(uid)s, %(now)s, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM unnest(%(items)s) item
                    ON CONFLICT (item_id, user_id) DO NOTHING
             RETURNING id
                """,
                items=items.ids,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.invalidate_model()
        items.invalidate_recordset(["reading_ids", "reader_count", "is_read"])
        self.env["crm.sale.kit.plan"]._close_reminders(self.env.user)
