"""Fill the demo database: the company of the story, the three addons, their demo data.

Run by setup/run in ``odoo shell`` on a database that ``odoo db init`` made.
Core's own demo data (American companies and dollars) is left out on purpose: only the
suite's demo files are loaded, so every screen shows the Vietnamese company alone.
"""

from odoo.modules.loading import load_demo
from odoo.modules.module_graph import ModuleGraph

ADDONS = ("crm_campaign_partner", "crm_ads_data", "crm_funnel_loyalty")
LANGUAGE = "vi_VN"
TIMEZONE = "Asia/Ho_Chi_Minh"
# Where each person of the story lands after logging in.
HOMES = {
    "lan": "crm_funnel_loyalty.action_lead_board",
    "hung": "crm_funnel_loyalty.action_lead_board",
    "minh": "crm_funnel_loyalty.action_lead_board",
    "mai": "crm_ads_data.action_crm_ads_dashboard",
    "thu": "crm_ads_data.action_crm_ads_data",
    "my": "crm_campaign_partner.crm_campaign_action_mine",
    "quan": "crm_funnel_loyalty.action_customers_by_tier",
}


def set_company(env):
    """The company in Viet Nam: name, address, time zone; VND came with its country."""
    env.company.write(
        {
            "name": "Công ty TNHH Lá Xanh",
            "street": "12 Trần Phú",
            "city": "Hà Nội",
            "state_id": env.ref("base.state_vn_VN-HN").id,
            "phone": "+84 24 3771 2026",
            "email": "info@laxanh.example.com",
        }
    )
    env.company.partner_id.tz = TIMEZONE


def install(env):
    """Install the three addons with all that they need, in one go."""
    modules = env["ir.module.module"].search([("name", "in", ADDONS)])
    modules.button_immediate_install()


def load_story(env):
    """Load the demo data of the three addons, and of no other."""
    graph = ModuleGraph(env.cr, mode="load")
    graph.extend(
        env["ir.module.module"].search([("state", "=", "installed")]).mapped("name")
    )
    for package in graph:
        if package.name in ADDONS and not load_demo(env, package, {}, "init"):
            raise SystemExit(f"the demo data of {package.name} could not be loaded")
    modules = env["ir.module.module"].search([("name", "in", ADDONS)])
    modules.demo = True


def set_people(env):
    """Everybody reads Vietnamese and lives on Viet Nam's clock; admin keeps English."""
    people = env["res.users"].search([("share", "=", False), ("id", "!=", env.uid)])
    people.write({"lang": LANGUAGE, "tz": TIMEZONE})
    for person in people.filtered(lambda user: user.login in HOMES):
        person.action_id = env.ref(HOMES[person.login]).id
    env.ref("base.user_admin").write({"lang": "en_US", "tz": TIMEZONE})


def quiet_inboxes(env):
    """Loading the story told everybody what they were assigned; only new data stays."""
    unread = env["mail.notification"].search([("is_read", "=", False)])
    unread.filtered(lambda one: one.mail_message_id.model != "crm.lead").is_read = True


env = globals()["env"]
set_company(env)
env.cr.commit()
install(env)
env.invalidate_all()
env.transaction.reset()
load_story(env)
set_people(env)
quiet_inboxes(env)
parameters = env["ir.config_parameter"]
# core would ask its own paid service on the Internet about every lead's e-mail
parameters.set_param("crm.iap.lead.enrich.setting", "manual")
parameters.set_param("crm_suite.demo_ready", "1")
env.cr.commit()
