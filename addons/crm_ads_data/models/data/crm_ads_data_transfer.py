from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError

TRANSFERABLE = ("new", "pool")


class CrmAdsData(models.Model):
    """Transfer to sales: the arrow in the column "Thao tác" (002.22, 002.25, 002.26).

    SPECIFICATION
    - ``action_transfer`` works on one row or thousands; who gets what is decided by
      ``crm.ads.distribution.rule``.
    - Each transferred data becomes one ``crm.lead`` of its salesperson, with UTM
      campaign, medium and source, a call planned for today, and its salesperson
      follows it; each salesperson gets one notification for the whole transfer.
    - Data that is not new (duplicate, invalid, already dealt) is left as it is and
      the answer says how many.

    COST: leads, activities and followers are made in batches; a fixed number of
    queries per salesperson plus the ORM's inserts in batches of 100.
    """

    _inherit = "crm.ads.data"

    def action_transfer(self):
        """Deal these data out to salespeople.

        :return: client action that says what was done
        :raise UserError: when none of the data can be transferred
        :raise RedirectWarning: when no rule takes them, with the way to the rules
        """
        self.check_access("write")
        # sudo: rules, leads and activities are not the marketer's; what may be
        # transferred was checked just above
        waiting = self.sudo()._lock_waiting()
        if not waiting:
            raise UserError(
                self.env._(
                    "Nothing to transfer: only new data and data in the pool"
                    " can be dealt out."
                )
            )
        transferred = waiting._transfer()
        if not transferred:
            self._raise_nobody_found(waiting)
        return self._get_transfer_notification(transferred)

    def _lock_waiting(self):
        """The data of these that still wait, locked so that nobody else deals them."""
        waiting = self.filtered(lambda data: data.state in TRANSFERABLE)
        return waiting.try_lock_for_update(allow_referencing=True).filtered(
            lambda data: data.state in TRANSFERABLE
        )

    def _transfer(self):
        """Decide who gets these data and hand them over.

        :return: the data that found somebody
        """
        rules = self.env["crm.ads.distribution.rule"]
        transferred = self.browse()
        for rule, records in rules._match(self).items():
            for user, decided in rule._decide(records).items():
                decided._hand_over(user, rule)
                transferred |= decided
        return transferred

    def _hand_over(self, user, rule):
        """Make the leads of these data, all for ``user``, and tell the person."""
        team = rule.team_id or user.sale_team_id
        common = self._prepare_common_lead_values(user, team)
        # tracking_disable: whom a data went to and why is in the distribution log,
        # which no one can switch off or change
        leads = (
            self.env["crm.lead"]
            .with_context(tracking_disable=True)
            .create([{**common, **data._prepare_lead_values()} for data in self])
        )
        self.write(
            {
                "state": "transferred",
                "user_id": user.id,
                "transfer_date": fields.Datetime.now(),
            }
        )
        for data, lead in zip(self, leads, strict=True):
            data.lead_id = lead
        self._plan_calls(leads, user)
        self._notify_salesperson(user, leads)

    def _prepare_common_lead_values(self, user, team):
        """What all leads of one salesperson have in common."""
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

    def _plan_calls(self, leads, user):
        """Plan today's call for each lead; the salesperson follows it thereby."""
        call = self.env.ref("crm_ads_data.mail_activity_type_first_call")
        model = self.env["ir.model"]._get("crm.lead")
        today = self.company_id._get_ads_today()
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model.id,
                    "res_id": lead.id,
                    "activity_type_id": call.id,
                    "summary": call.summary,
                    "user_id": user.id,
                    "date_deadline": today,
                    "automated": True,
                }
                for lead in leads
            ]
        )

    def _notify_salesperson(self, user, leads):
        """One notification for all, however many: a pop-up now and one in the inbox."""
        env = self.with_context(lang=user.lang).env
        title = env._("New data: %(count)s", count=len(leads))
        names = ", ".join(self[:5].mapped("display_name"))
        body = names if len(self) <= 5 else f"{names}, …"
        user._bus_send(
            "simple_notification",
            {"type": "info", "title": title, "message": body, "sticky": True},
        )
        leads[:1].message_notify(
            partner_ids=user.partner_id.ids, subject=title, body=body
        )

    def _raise_nobody_found(self, waiting):
        # sudo: only whether a rule takes the data is asked, not what the rule says
        if not self.env["crm.ads.distribution.rule"].sudo()._match(waiting):
            action = self.env.ref("crm_ads_data.action_crm_ads_distribution_rule")
            raise RedirectWarning(
                self.env._(
                    "No distribution rule takes these data. A sale admin sets in the"
                    " rules who receives them."
                ),
                action.id,
                self.env._("Open the rules"),
            )
        raise UserError(
            self.env._(
                "Nobody can receive these data now: everyone in the rule is away, has"
                " switched receiving off or has reached the daily limit."
            )
        )

    def _get_transfer_notification(self, transferred):
        counts = transferred.grouped("user_id")
        per_user = ", ".join(
            f"{user.name}: {len(records)}" for user, records in counts.items()
        )
        left = len(self) - len(transferred)
        message = per_user
        if left:
            message = self.env._(
                "%(per_user)s. Not transferred: %(left)s (already dealt, duplicate,"
                " invalid, or nobody free).",
                per_user=per_user,
                left=left,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "title": self.env._("Transferred: %(count)s", count=len(transferred)),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_lead(self):
        """Open the lead that this data became."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "view_mode": "form",
        }

    def action_open_duplicate_of(self):
        """Open the data that holds this number."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.duplicate_of_id.id,
            "view_mode": "form",
        }

    def action_open_logs(self):
        """Open the decisions on these data ("why me")."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_ads_data.action_crm_ads_distribution_log"
        )
        action["domain"] = [("data_id", "in", self.ids)]
        return action
