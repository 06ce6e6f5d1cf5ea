"""Install on a database that is full already, and leave it as it was.

* Columns of big core tables are made here, so that installing computes nothing row by
  row; they are filled by one UPDATE.
* Core's "Leads" setting is switched on the way its Settings box does it, and back when
  it was we who did.
"""

import json

from odoo.tools import SQL
from odoo.tools.translate import PoFileReader, get_po_paths

from .models.ticket.helpdesk_ticket_rating import UNHAPPY
from .models.tier.res_partner import PLACE

USE_LEAD = "crm.group_use_lead"
SWITCHED_ON = "crm_funnel_loyalty.switched_leads_on"


def pre_init_hook(env):
    for statement in (
        SQL(
            "ALTER TABLE crm_lead ADD COLUMN IF NOT EXISTS lead_stage_id integer,"
            " ADD COLUMN IF NOT EXISTS lead_stage_date timestamp,"
            " ADD COLUMN IF NOT EXISTS need_status_id integer"
        ),
        SQL(
            "ALTER TABLE res_partner ADD COLUMN IF NOT EXISTS funnel_tier_id integer,"
            " ADD COLUMN IF NOT EXISTS funnel_tier_peak_id integer,"
            " ADD COLUMN IF NOT EXISTS funnel_tier_since date"
        ),
        SQL(
            "ALTER TABLE helpdesk_ticket"
            " ADD COLUMN IF NOT EXISTS answer_deadline timestamp,"
            " ADD COLUMN IF NOT EXISTS solve_deadline timestamp,"
            " ADD COLUMN IF NOT EXISTS deadline timestamp"
        ),
    ):
        env.cr.execute(statement)


def post_init_hook(env):
    _fill_lead_stages(env)
    _fill_need_statuses(env)
    _fill_tiers(env)
    _ask_for_ratings(env)
    if not env.ref("base.group_user").all_implied_ids & env.ref(USE_LEAD):
        before = _get_teams_without_leads(env)
        _switch_leads(env, dict.fromkeys(before, True), on=True)
        env["ir.config_parameter"].set_param(SWITCHED_ON, json.dumps(before))


def uninstall_hook(env):
    _release_records(env)
    _release_agreements(env)
    _forget_translations(env)
    parameter = env["ir.config_parameter"].search([("key", "=", SWITCHED_ON)])
    if parameter:
        _switch_leads(env, json.loads(parameter.value), on=False)
        parameter.unlink()


def _release_records(env):
    """Let go of stages and tiers: they are deleted before the columns with them."""
    kinds = ("fall", "training", "weekly")
    names = [f"crm_funnel_loyalty.mail_activity_type_{kind}" for kind in kinds]
    # what is done is archived
    activities = env["mail.activity"].with_context(active_test=False)
    for name in (*names, UNHAPPY):
        if kind := env.ref(name, False):
            activities.search([("activity_type_id", "=", kind.id)]).unlink()
    env["ir.config_parameter"].search([("key", "=", PLACE)]).unlink()
    env.flush_all()
    for statement in (
        SQL(
            "UPDATE crm_lead SET lead_stage_id = NULL, need_status_id = NULL"
            " WHERE lead_stage_id IS NOT NULL OR need_status_id IS NOT NULL"
        ),
        SQL(
            "UPDATE res_partner SET funnel_tier_id = NULL, funnel_tier_peak_id = NULL"
            " WHERE funnel_tier_id IS NOT NULL OR funnel_tier_peak_id IS NOT NULL"
        ),
        SQL("DELETE FROM crm_funnel_tier_move"),
        SQL(
            "UPDATE crm_care_scenario SET tier_id = NULL, lead_stage_id = NULL"
            " WHERE tier_id IS NOT NULL OR lead_stage_id IS NOT NULL"
        ),
    ):
        env.cr.execute(statement)
    env.invalidate_all()


def _release_agreements(env):
    """What only we can read: our reminders and numberings, and partners as a kind."""
    reminder = env.ref("crm_funnel_loyalty.mail_activity_type_instalment", False)
    if reminder:
        activities = env["mail.activity"].with_context(active_test=False)
        activities.search([("activity_type_id", "=", reminder.id)]).unlink()
    env["ir.sequence"].search([("code", "=", "agreement.contract")]).unlink()
    for model in ("agreement", "agreement.type"):
        agreements = env[model].with_context(active_test=False)
        agreements.search([("domain", "=", "partner")]).write({"domain": "sale"})


def _forget_translations(env):
    """Take back the Vietnamese of the addons for tickets: names unless somebody changed
    them, and all of it in views and help texts.

    COST: one statement per translated field, about 15.
    """
    found = {}
    for path in get_po_paths("crm_funnel_loyalty", "vi_VN"):
        if "i18n_extra" in path:
            for row in PoFileReader(path):
                xmlid = f"{row['module']}.{row['imd_name']}"
                found.setdefault((row["name"], row["type"]), {})[xmlid] = row["value"]
    env.flush_all()
    for (name, kind), texts in found.items():
        model, field = name.split(",")
        env.cr.execute(_get_forget_statement(env[model], field, kind, texts))
    env.invalidate_all()


def _get_forget_statement(records, field, kind, texts):
    """:param dict texts: the text by XML id; of a term, which is not the whole value"""
    column = SQL.identifier("t", field)
    untouched = {
        "model": SQL("%s->>'vi_VN' = own.text", column),
        "model_terms": SQL("TRUE"),
    }
    return SQL(
        """
        UPDATE %(table)s t SET %(name)s = %(column)s - 'vi_VN'
          FROM unnest(%(xmlids)s, %(texts)s) AS own (xmlid, text), ir_model_data d
         WHERE d.model = %(model)s AND d.res_id = t.id
           AND d.module || '.' || d.name = own.xmlid AND %(untouched)s
        """,
        table=SQL.identifier(records._table),
        name=SQL.identifier(field),
        column=column,
        xmlids=list(texts),
        texts=list(texts.values()),
        model=records._name,
        untouched=untouched[kind],
    )


def _fill_lead_stages(env):
    """Put every open lead into the first stage that any team may use."""
    stage = env["crm.lead"]._lead_stage_find(env["crm.team"])
    if stage:
        env["crm.lead"].flush_model()
        env.execute_query(
            SQL(
                "UPDATE crm_lead SET lead_stage_id = %s, lead_stage_date = create_date"
                " WHERE type = 'lead' AND active AND lead_stage_id IS NULL"
                " RETURNING id",
                stage.id,
            )
        )
        env["crm.lead"].invalidate_model()


def _fill_need_statuses(env):
    """Open needs are received, won ones are traded; lost ones keep none."""
    statuses = env["crm.need.status"]
    first = statuses._find_first(env.company)
    traded = statuses._find_first(env.company, is_traded=True)
    if not first:
        return
    env["crm.lead"].flush_model()
    env.execute_query(
        SQL(
            "UPDATE crm_lead SET need_status_id ="
            " CASE WHEN won_status = 'won' THEN %s ELSE %s END"
            " WHERE type = 'opportunity' AND active AND need_status_id IS NULL"
            " RETURNING id",
            (traded or first).id,
            first.id,
        )
    )
    env["crm.lead"].invalidate_model()


def _fill_tiers(env):
    """Give every customer the first tier from the documents there are.

    Neither this nor the columns above touch ``write_date``: nobody edited the customer.
    """
    for batch in env["res.partner"]._iter_funnel_batches(50000):
        batch._recompute_funnel_tier()
    env["res.partner"]._cron_recompute_rhythm()


def _ask_for_ratings(env):
    """Let the stage "Done" of ``helpdesk_mgmt`` ask for a rating, if nothing does yet.

    Uninstalling deletes the template, and the stage is as it was.
    """
    stage = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done", False)
    if stage and not stage.rating_mail_template_id:
        stage.rating_mail_template_id = env.ref(
            "crm_funnel_loyalty.mail_template_ticket_rating"
        )


def _get_teams_without_leads(env):
    """Return ``use_leads`` as it is stored (false or null) of the teams to switch."""
    env["crm.team"].flush_model()
    return dict(
        env.execute_query(
            SQL(
                "SELECT id, use_leads FROM crm_team"
                " WHERE use_opportunities AND use_leads IS NOT TRUE"
            )
        )
    )


def _switch_leads(env, use_leads_by_team, on):
    """What ``res.config.settings.set_values`` of crm does for its box "Leads".

    :param dict use_leads_by_team: the value to store for each team to switch
    """
    group = env.ref(USE_LEAD, raise_if_not_found=False)
    if not group:
        return
    if on:
        env.ref("base.group_user")._apply_group(group)
    else:
        env.ref("base.group_user")._remove_group(group)
    env["crm.team"].flush_model()
    for team_id, use_leads in use_leads_by_team.items():
        env.cr.execute(
            SQL(
                "UPDATE crm_team SET use_leads = %s WHERE id = %s",
                use_leads,
                int(team_id),
            )
        )
    env["crm.team"].invalidate_model()
    for team in env["crm.team"].search([("use_opportunities", "=", True)]):
        team.alias_id.write(team._alias_get_creation_values())
