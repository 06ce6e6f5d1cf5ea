from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# Messages that a person writes; what the system posts is none of them.
WRITTEN_TYPES = ("comment", "email_outgoing", "sms")


class CrmLead(models.Model):
    """What the lead board needs beside its stages (capabilities 001.18 to 001.30).

    SPECIFICATIONS: COLUMNS
    * Dragging a column changes the order for everybody. Who may not do that cannot
      drag columns at all.
    * The first cards of a column come straight from an index, and the cards are counted
      there, however many leads and opportunities there are. A salesperson's own are
      found without looking at the opportunities.

    SPECIFICATIONS: QUICK ENTRY
    * A phone number is enough: a lead without a title is called by the person's name,
      else by the company's, the number or the e-mail address. Core puts the number
      into its international form; one that the company's country does not know is
      read as a Vietnamese one.

    SPECIFICATIONS: UNTOUCHED
    * ``untouched_days``: whole days since one of us wrote (on whatever channel), noted,
      finished an activity, planned or made a call, moved the lead to another stage, or
      it came in. What the customer writes does not count, nor what was not sent. COST:
      four queries for any number of leads.
    * Searching goes by index from the lead; open leads that are younger than the
      number of days are left out first.

    SPECIFICATIONS: TWINS
    * ``has_twin``: another open lead or opportunity of these companies has the same
      phone number (E.164) or e-mail address. Only that there is one is said, not which.
    """

    _inherit = "crm.lead"

    untouched_days = fields.Integer(
        string="Days Untouched",
        compute="_compute_untouched_days",
        search="_search_untouched_days",
    )
    has_twin = fields.Boolean(
        string="Duplicate", compute="_compute_has_twin", search="_search_has_twin"
    )

    _lead_board_idx = models.Index(
        "(lead_stage_id, priority DESC, id DESC) INCLUDE (user_id, company_id, color)"
        " WHERE active IS TRUE AND type = 'lead'"
    )
    _lead_board_own_idx = models.Index(
        "(user_id) WHERE active IS TRUE AND type = 'lead'"
    )
    _funnel_phone_idx = models.Index("(phone) WHERE phone IS NOT NULL")
    _funnel_email_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    def _compute_untouched_days(self):
        now = fields.Datetime.now()
        dates = self._get_touch_dates()
        for lead in self:
            since = max(
                lead.create_date or now,
                lead.lead_stage_date or lead.create_date or now,
                dates.get(lead._origin.id) or lead.create_date or now,
            )
            lead.untouched_days = (now - since).days

    def _get_touch_dates(self):
        """:return: dict of lead id to the moment one of us last did something"""
        if not self._origin.ids:
            return {}
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT lead_id, max(date) FROM (%s) touch WHERE lead_id = ANY(%s)"
                    " GROUP BY lead_id",
                    SQL(" UNION ALL ").join(self._get_touch_queries()),
                    self._origin.ids,
                )
            )
        )

    @api.model
    def _get_touch_queries(self):
        """:return: queries of ``lead_id`` and the ``date`` of what one of us did"""
        return [
            SQL(
                """
                SELECT message.res_id AS lead_id, message.date
                  FROM mail_message message
                  JOIN res_partner author ON author.id = message.author_id
                 WHERE message.model = 'crm.lead' AND NOT author.partner_share
                   AND (message.message_type IN %s
                        OR message.mail_activity_type_id IS NOT NULL)
                """,
                WRITTEN_TYPES,
            ),
            SQL(
                "SELECT opportunity_id, create_date FROM crm_phonecall"
                " WHERE opportunity_id IS NOT NULL"
            ),
            SQL(
                "SELECT res_id, date FROM crm_contact_touch"
                " WHERE res_model = 'crm.lead' AND state NOT IN ('blocked', 'failed')"
            ),
        ]

    @api.model
    def _search_untouched_days(self, operator, value):
        days = self._get_untouched_days(operator, value)
        before = fields.Datetime.now() - timedelta(days=days)
        self.env.flush_all()
        touched = SQL(
            "SELECT lead_id FROM (%s) touch WHERE date > %s AND lead_id IS NOT NULL",
            SQL(" UNION ALL ").join(self._get_touch_queries()),
            before,
        )
        untouched = (
            Domain("create_date", "<=", before)
            & (
                Domain("lead_stage_date", "=", False)
                | Domain("lead_stage_date", "<=", before)
            )
            & Domain("id", "not in", touched)
        )
        return untouched if operator in (">=", ">") else ~untouched

    @api.model
    def _get_untouched_days(self, operator, value):
        """:return: the least number of days on the untouched side of a condition"""
        if operator not in (">=", ">", "<", "<=") or not isinstance(value, int):
            raise UserError(
                self.env._(
                    "Ask for a number of days: “Days Untouched” is at least 3, for "
                    "example."
                )
            )
        return value + (operator in (">", "<="))

    def _compute_has_twin(self):
        self.env.flush_all()
        # plain SQL: only that there is a twin is told; the record is the user's already
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM crm_lead WHERE id = ANY(%s) AND %s",
                self._origin.ids,
                self._get_twin_condition("crm_lead"),
            )
        )
        twins = {lead_id for (lead_id,) in rows}
        for lead in self:
            lead.has_twin = lead._origin.id in twins

    @api.model
    def _search_has_twin(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env.flush_all()
        # PostgreSQL takes so many probes for dear and would compile the statement,
        # which takes three times as long as running it
        self.env.cr.execute(SQL("SET LOCAL jit = off"))
        return Domain.custom(
            to_sql=lambda model, alias, query: model._get_twin_condition(alias)
        )

    @api.model
    def _get_twin_condition(self, alias):
        """Two probes of an index for each lead that the other conditions leave."""
        probes = [
            SQL(
                """
                SELECT FROM crm_lead twin
                 WHERE twin.%(key)s = %(alias)s.%(key)s
                   AND twin.id != %(alias)s.id AND twin.active
                   AND twin.won_status = 'pending'
                   AND (twin.company_id IS NULL
                        OR twin.company_id = ANY(%(companies)s))
                """,
                key=SQL.identifier(key),
                alias=SQL.identifier(alias),
                companies=self.env.companies.ids,
            )
            for key in ("phone_sanitized", "email_normalized")
        ]
        return SQL("EXISTS (%s)", SQL(" UNION ALL ").join(probes))

    # ------------------------------------------------------------
    # ENTRY
    # ------------------------------------------------------------

    @api.onchange("phone", "country_id", "company_id")
    def _onchange_phone_validation(self):
        result = super()._onchange_phone_validation()
        if self.phone and not self.phone.startswith("+"):
            self.phone = self._format_vietnamese("INTERNATIONAL") or self.phone
        return result

    @api.model_create_multi
    def create(self, vals_list):
        """A lead that was noted in a hurry is called by what is known of the person."""
        return super().create(
            [
                {**vals, **self._prepare_lead_title(vals)}
                if not vals.get("name") and self._is_new_lead(vals)
                else vals
                for vals in vals_list
            ]
        )

    @api.model
    def _is_new_lead(self, vals):
        kind = vals.get("type") or self.default_get(["type"]).get("type")
        return kind == "lead"

    @api.model
    def _prepare_lead_title(self, vals):
        known = ("contact_name", "partner_name", "phone", "email_from")
        title = next((vals[key] for key in known if vals.get(key)), False)
        return {"name": title} if title else {}

    # ------------------------------------------------------------
    # VIEWS
    # ------------------------------------------------------------

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return key + (self.env["crm.lead.stage"].has_access("write"),)

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Columns are dragged by those who may arrange the stages."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if (
            view_type == "kanban"
            and arch.get("default_group_by") == "lead_stage_id"
            and not self.env["crm.lead.stage"].has_access("write")
        ):
            arch.set("groups_draggable", "0")
        return arch, view

    @api.model
    def get_empty_list_help(self, help_message):
        """An empty board also tells the address that makes leads of e-mails."""
        result = super().get_empty_list_help(help_message)
        is_board = self.env.context.get("default_type") == "lead"
        address = is_board and self._get_lead_address()
        if not address:
            return result
        text = self.env._("E-mails to %(address)s become leads here.", address=address)
        return f"{result}{Markup('<p>%s</p>') % text}"

    @api.model
    def _get_lead_address(self):
        """:return: the e-mail address of the user's team, else of another one"""
        teams = self.env["crm.team"].search(
            Domain("use_leads", "=", True)
            & Domain("company_id", "in", [self.env.company.id, False])
            & Domain("alias_name", "not in", (False, "")),
        )
        mine = teams.filtered(lambda team: self.env.user in team.member_ids)
        email = (mine or teams)[:1].alias_email
        return email and Markup('<a href="mailto:%s">%s</a>') % (email, email)

    def action_write_note(self):
        """Open the dialog that keeps the result of a talk, from the card or a list."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Note"),
            "res_model": "crm.lead.note",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }
