from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...groups import ALL_CUSTOMERS, SALES


class CrmFunnelTier(models.Model):
    """Funnel picture: how many are on each tier, how many go on, and how fast (004.37).

    SPECIFICATIONS: WHO
    * Salespeople see their own customers and nobody's, managers all, within their
      companies.

    SPECIFICATIONS: FIGURES of a period, per tier
    * ``count``: customers on it now. ``entered``: who came to it or passed it in the
      period, each once (to the first tier: who came on file). ``onward``: those of them
      who have reached the next tier since, ``conversion`` their share, ``days`` the
      median number of days it took. ``left``: who fell from it in the period.
    * ``up`` and ``down``: moves in the period to the tier from below, from the tier
      downwards.
    * Filters: salesperson, team (its members' customers), medium and source of one of
      the customer's opportunities.

    COST: eight statements, whatever the number of customers and moves.
    """

    _inherit = "crm.funnel.tier"

    @api.model
    def get_funnel_picture(self, date_from=False, date_to=False, filters=None):
        """Return the figures of the funnel picture.

        :param date_from: first day, or False for the beginning of the current year
        :param date_to: last day, or False for today
        :param dict filters: ids by ``user_id``, ``team_id``, ``medium_id``,
            ``source_id``; what is missing does not restrict
        """
        if not self.env.user.has_group(SALES):
            raise AccessError(
                self.env._("The funnel picture is for the sales department.")
            )
        today = self.env["res.partner"]._get_funnel_today()
        try:
            first = fields.Date.to_date(date_from) or today.replace(month=1, day=1)
            last = fields.Date.to_date(date_to) or today
            domain = self._get_picture_domain(filters or {})
        except (AttributeError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("The funnel picture takes days such as 2026-01-31 and ids.")
            ) from error
        first, last = min(first, last), max(first, last)
        layers = self._get_picture_layers(domain, *self._get_moments(first, last))
        return {
            "date_from": fields.Date.to_string(first),
            "date_to": fields.Date.to_string(last),
            "moment_from": fields.Datetime.to_string(self._get_moments(first, last)[0]),
            "moment_to": fields.Datetime.to_string(self._get_moments(first, last)[1]),
            "today": fields.Date.to_string(today),
            "domain": list(domain),
            "layers": layers,
            "total": sum(layer["count"] for layer in layers),
            "up": sum(layer["up"] for layer in layers),
            "down": sum(layer["down"] for layer in layers),
            "options": self._get_picture_options(),
        }

    @api.model
    def _get_moments(self, first, last):
        """Return the naive UTC moments of the begin of the first day and the end of
        the last."""
        tz = pytz.timezone(self._get_funnel_settings().tz)
        return tuple(
            tz.localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in (first, last + timedelta(days=1))
        )

    @api.model
    def _sees_all_customers(self):
        return any(self.env.user.has_group(name) for name in ALL_CUSTOMERS)

    @api.model
    def _get_picture_domain(self, filters):
        """Return the customers of the picture, as a domain the client can pass on."""
        domain = self.env["res.partner"]._get_funnel_customer_domain()
        if not self._sees_all_customers():
            domain &= Domain("user_id", "in", [self.env.uid, False])
        elif user_id := filters.get("user_id"):
            domain &= Domain("user_id", "=", int(user_id))
        if team_id := filters.get("team_id"):
            team = self.env["crm.team"].browse(int(team_id)).exists()
            domain &= Domain("user_id", "in", team.member_ids.ids)
        for name in ("medium_id", "source_id"):
            if value := filters.get(name):
                came = Domain(name, "=", int(value)) & Domain(
                    "type", "=", "opportunity"
                )
                domain &= Domain("funnel_lead_ids", "any", came) | Domain(
                    "child_ids", "any", Domain("funnel_lead_ids", "any", came)
                )
        return domain

    @api.model
    def _get_picture_layers(self, domain, begin, end):
        Partner = self.env["res.partner"]
        tiers = self.search([("code", "!=", False)])
        counts = dict(Partner._read_group(domain, ["funnel_tier_id"], ["__count"]))
        flows = self._get_picture_flows(tiers, domain, begin, end)
        return [
            self._prepare_layer(tier, counts.get(tier, 0), flows.get(rank, {}))
            for rank, tier in enumerate(tiers, start=1)
        ]

    @api.model
    def _prepare_layer(self, tier, count, flow):
        entered, onward = flow.get("entered") or 0, flow.get("onward") or 0
        return {
            "id": tier.id,
            "code": tier.code,
            "name": tier.name,
            "color": tier.color,
            "description": tier.description or "",
            "count": count,
            "entered": entered,
            "onward": onward,
            "conversion": onward / entered if entered else None,
            "days": flow.get("days"),
            "up": flow.get("up") or 0,
            "down": flow.get("down") or 0,
            "left": flow.get("left_count") or 0,
        }

    @api.model
    def _get_picture_flows(self, tiers, domain, begin, end):
        """Return one row of figures per rank of tier, from the moves."""
        partners = self.env["res.partner"]._search(domain)
        moves = self.env["crm.funnel.tier.move"]
        moves.flush_model()
        visible = moves._search(Domain("partner_id", "in", partners))
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH move AS (
                    SELECT partner_id, date, direction,
                           array_position(%(tiers)s::int[], from_tier_id) AS source,
                           array_position(%(tiers)s::int[], to_tier_id) AS target
                      FROM crm_funnel_tier_move WHERE id IN %(visible)s
                ),
                crossing AS (%(crossing)s),
                entry AS (
                    SELECT partner_id, rank, min(date) AS date
                      FROM crossing
                     WHERE date >= %(begin)s AND date < %(end)s
                  GROUP BY partner_id, rank
                ),
                path AS (
                    SELECT entry.rank, entry.date, min(crossing.date) AS next_date
                      FROM entry
                 LEFT JOIN crossing ON crossing.partner_id = entry.partner_id
                       AND crossing.rank = entry.rank + 1
                       AND crossing.date >= entry.date
                  GROUP BY entry.partner_id, entry.rank, entry.date
                ),
                flow AS (%(flow)s),
                moved AS (%(moved)s)
                SELECT rank, entered, onward, days, up, down, left_count
                  FROM generate_series(1, %(count)s) rank
             LEFT JOIN flow USING (rank)
             LEFT JOIN moved USING (rank)
                """,
                tiers=tiers.ids,
                count=len(tiers),
                visible=visible.subselect(),
                crossing=self._get_crossing_sql(partners),
                begin=begin,
                end=end,
                flow=self._get_flow_sql(),
                moved=self._get_moved_sql(begin, end),
            )
        )
        return {row.pop("rank"): row for row in rows}

    @api.model
    def _get_crossing_sql(self, partners):
        """Each tier that was reached or passed; the first one when the customer came on
        file, or by a document that is older."""
        return SQL(
            """
            SELECT partner_id, rank, date
              FROM move, generate_series(COALESCE(source, 1) + 1, target) rank
             WHERE direction = 'up'
             UNION ALL
            SELECT p.id, 1, LEAST(p.create_date, min(move.date))
              FROM res_partner p LEFT JOIN move ON move.partner_id = p.id
             WHERE p.id IN %s
          GROUP BY p.id
            """,
            partners.subselect(),
        )

    @api.model
    def _get_flow_sql(self):
        return SQL(
            """
            SELECT rank, count(*) AS entered, count(next_date) AS onward,
                   percentile_cont(0.5) WITHIN GROUP (
                       ORDER BY extract(epoch FROM next_date - date) / 86400
                   ) FILTER (WHERE next_date IS NOT NULL) AS days
              FROM path GROUP BY rank
            """
        )

    @api.model
    def _get_moved_sql(self, begin, end):
        return SQL(
            """
            SELECT rank, count(*) FILTER (WHERE direction = 'up') AS up,
                   count(*) FILTER (WHERE direction = 'down') AS down,
                   count(DISTINCT partner_id) FILTER (WHERE direction = 'down')
                       AS left_count
              FROM (
                    SELECT partner_id, direction,
                           CASE direction WHEN 'up' THEN target ELSE source END AS rank
                      FROM move WHERE date >= %s AND date < %s
                   ) moved
          GROUP BY rank
            """,
            begin,
            end,
        )

    @api.model
    def _get_picture_options(self):
        """Return id and name of what the filters offer."""
        users = self.env["res.users"]
        teams = self.env["crm.team"]
        if self._sees_all_customers():
            domain = self.env["res.partner"]._get_funnel_customer_domain()
            rows = self.env["res.partner"]._read_group(
                domain & Domain("user_id", "!=", False), ["user_id"]
            )
            users = users.union(*(row[0] for row in rows))
            teams = teams.search([("use_opportunities", "=", True)], limit=200)
        return {
            "user_id": self._prepare_options(users),
            "team_id": self._prepare_options(teams),
            "medium_id": self._get_channel_options("medium_id"),
            "source_id": self._get_channel_options("source_id"),
        }

    @api.model
    def _get_channel_options(self, name):
        rows = self.env["crm.lead"]._read_group(
            [("type", "=", "opportunity"), (name, "!=", False)], [name]
        )
        channels = self.env["crm.lead"][name].union(*(row[0] for row in rows))
        return self._prepare_options(channels)

    @api.model
    def _prepare_options(self, records):
        return [
            {"id": record.id, "name": record.display_name}
            for record in records.sorted("display_name")
        ]
