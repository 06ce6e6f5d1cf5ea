from odoo import api, fields, models

# How many names a notification tells before it says "…".
NAMES_SHOWN = 5


class CrmAdsData(models.Model):
    """What a transfer makes: the lead, the call to make, one notification (002.25).

    SPECIFICATION
    - Each transferred data becomes one ``crm.lead`` of its salesperson, with UTM
      campaign, medium and source, and a call planned for today.
    - Data that had a lead before (taken back, in the pool) keeps it: the lead changes
      its owner, and the first call moves along.
    - Each salesperson gets one notification for the whole transfer.

    COST: one batch create for all leads and one for all activities, whoever they are
    for; a fixed number of queries for each salesperson.
    """

    _inherit = "crm.ads.data"

    @api.model
    def _hand_over(self, decisions):
        """Make or move the leads and tell the people.

        :param decisions: list of ``(user, team, data)``; an empty team: the user's own
        :return: all the data of the decisions
        """
        handed = self.browse().union(*(data for _user, _team, data in decisions))
        self._make_leads(decisions)
        now = fields.Datetime.now()
        per_user = {}
        for user, team, data in decisions:
            data.write(
                {"state": "transferred", "user_id": user.id, "transfer_date": now}
            )
            per_user[user] = per_user.get(user, self.browse()) | data
            data._move_leads(user, team)
        self._plan_calls(per_user)
        for user, data in per_user.items():
            data._notify_salesperson(user)
        return handed

    def _assign_to(self, user, reason, rule=None):
        """Give these data to one person, and write the decision down.

        :param reason: for the log, see ``crm.ads.distribution.log``
        :param rule: the ``crm.ads.distribution.rule`` in whose name, if any
        """
        rule = rule or self.env["crm.ads.distribution.rule"]
        self.env["crm.ads.distribution.log"]._write_down(
            [rule._prepare_log_values(data, user, None, reason) for data in self]
        )
        return self._hand_over([(user, rule.team_id, self)])

    @api.model
    def _make_leads(self, decisions):
        """One lead for each data that has none yet."""
        wanted = []
        values = []
        for user, team, data in decisions:
            without = data.filtered(lambda one: not one.lead_id)
            if without:
                common = without._prepare_common_lead_values(user, team)
                wanted += without
                values += [{**common, **one._prepare_lead_values()} for one in without]
        # tracking_disable: whom a data went to and why is in the distribution log,
        # which no one can switch off or change
        leads = self.env["crm.lead"].with_context(**self._get_lead_context())
        for data, lead in zip(wanted, leads.create(values), strict=True):
            data.lead_id = lead

    @api.model
    def _get_lead_context(self):
        """What need not be done for leads that are made in masses."""
        return {"tracking_disable": True, "mail_create_nosubscribe": True}

    def _move_leads(self, user, team):
        """Give the leads that were there before to the new salesperson."""
        moved = self.lead_id.filtered(lambda lead: lead.user_id != user)
        if not moved:
            return
        former = moved.user_id
        moved.filtered(lambda lead: not lead.active).action_unarchive()
        team = team or user.sale_team_id
        context = self._get_lead_context() | {"mail_auto_subscribe_no_notify": True}
        changed = moved.with_context(**context)
        changed.write(
            {
                "user_id": user.id,
                "team_id": team.id,
                # said, or core would set it anew from the person and the team
                "company_id": self.company_id.id,
                "ads_in_pool": False,
            }
        )
        # at once: the sale admin, whose request this may be, may not read leads
        changed.flush_recordset()
        moved._leave_hands(former, user)

    def _prepare_common_lead_values(self, user, team):
        """What all leads of one salesperson have in common."""
        team = team or user.sale_team_id
        # sudo: the stage and type are found for the salesperson, rights aside
        leads = self.env["crm.lead"].with_user(user).sudo()
        stage = leads._stage_find(team_id=team.id, domain=[("fold", "=", False)])
        source = self.env.ref("utm.utm_source_facebook", raise_if_not_found=False)
        return {
            "type": leads.default_get(["type"]).get("type"),
            "user_id": user.id,
            "team_id": team.id,
            "stage_id": stage.id,
            "company_id": self.company_id.id,
            "source_id": source.id if source else False,
        }

    def _prepare_lead_values(self):
        """What makes this data's lead."""
        self.ensure_one()
        label = self.display_name
        if self.product_id:
            label = f"{label} – {self.product_id.name}"
        return {
            "name": label,
            "contact_name": self.name,
            "phone": self.phone,
            "email_from": self.email,
            "campaign_id": self.campaign_id.utm_campaign_id.id,
            "medium_id": self.ad_id.medium_id.id,
            "description": self._prepare_lead_description(),
        }

    def _prepare_lead_description(self):
        lines = [self.note or ""]
        if self.phone2:
            lines.append(self.env._("Second phone: %(phone)s", phone=self.phone2))
        if self.province:
            lines.append(self.env._("Province: %(province)s", province=self.province))
        return "\n".join(line for line in lines if line) or False

    @api.model
    def _plan_calls(self, per_user):
        """Plan today's call for each lead; the salesperson follows it thereby."""
        call = self.env.ref("crm_ads_data.mail_activity_type_first_call")
        model = self.env["ir.model"]._get("crm.lead")
        leads = self.env["crm.lead"].union(*(d.lead_id for d in per_user.values()))
        leads._drop_first_calls()
        values = []
        for user, data in per_user.items():
            today = data.company_id._get_ads_today()
            values += [
                {
                    "res_model_id": model.id,
                    "res_id": lead.id,
                    "activity_type_id": call.id,
                    "summary": call.summary,
                    "user_id": user.id,
                    "date_deadline": today,
                    "automated": True,
                }
                for lead in data.lead_id
            ]
        activities = self.env["mail.activity"]
        activities.with_context(mail_activity_quick_update=True).create(values)

    def _get_names(self):
        """The first names of these data, for a notification."""
        names = ", ".join(self[:NAMES_SHOWN].mapped("display_name"))
        return names if len(self) <= NAMES_SHOWN else f"{names}, …"

    def _notify_salesperson(self, user):
        """One notification for all, however many: a pop-up now and one in the inbox."""
        env = self.with_context(lang=user.lang).env
        title = env._("New data: %(count)s", count=len(self))
        body = self._get_names()
        user._bus_send(
            "simple_notification",
            {"type": "info", "title": title, "message": body, "sticky": True},
        )
        self.lead_id[:1].message_notify(
            partner_ids=user.partner_id.ids, subject=title, body=body
        )
