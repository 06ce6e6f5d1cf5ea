from odoo import fields, models

from odoo.addons.rating.models.rating_data import RATING_TEXT


class ResPartner(models.Model):
    """Customer with the last rating of his tickets, those of his contacts too (003.54).

    Tickets are counted and opened by ``helpdesk_mgmt``. Everybody sees the ratings of
    those tickets only that he may read.

    COST: four queries per customer with contacts; only the form shows it.
    """

    _inherit = "res.partner"

    last_ticket_rating = fields.Selection(
        RATING_TEXT,
        compute="_compute_last_ticket_rating",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )

    def _compute_last_ticket_rating(self):
        for partner in self:
            partner.last_ticket_rating = (
                self.env["rating.rating"]
                .search_fetch(
                    partner._get_ticket_rating_domain(),
                    ["rating_text"],
                    order="rated_on desc, id desc",
                    limit=1,
                )
                .rating_text
            )

    def action_view_ticket_ratings(self):
        """Open what customer and contacts said about their tickets (003.54)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_ticket_ratings"
        )
        action["domain"] = self._get_ticket_rating_domain()
        action["context"] = {}
        action["views"] = sorted(action["views"], key=lambda view: view[1] != "kanban")
        action["display_name"] = self.name
        return action

    def _get_ticket_rating_domain(self):
        tickets = self.env["helpdesk.ticket"].search(
            [("partner_id", "child_of", self.id)]
        )
        return [
            ("res_model", "=", "helpdesk.ticket"),
            ("res_id", "in", tickets.ids),
            ("consumed", "=", True),
        ]
