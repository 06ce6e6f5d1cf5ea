from odoo.tests import TransactionCase, new_test_user


class CampaignCase(TransactionCase):
    """A company with its own campaign, and one person per role.

    manager    campaign manager
    owner      campaign user, owns the campaign
    shared     campaign user, the campaign is shared with him
    assignee   salesman, contacts one partner of the sub-campaign
    outsider   campaign user without a part in it
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, lang="en_US")
        )
        cls.company = cls.env["res.company"].create({"name": "Lá Xanh Thử"})
        cls.manager = cls._new_user("manager", "group_campaign_manager")
        cls.owner = cls._new_user("owner", "group_campaign_user")
        cls.shared = cls._new_user("shared", "group_campaign_user")
        cls.outsider = cls._new_user("outsider", "group_campaign_user")
        cls.assignee = new_test_user(
            cls.env,
            "reach_assignee",
            groups="sales_team.group_sale_salesman",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.campaign = cls._new_campaign("Dealers", user_id=cls.owner.id)
        cls.campaign.shared_user_ids = cls.shared
        cls.sub_campaign = cls._new_campaign(
            "Dealers North", user_id=cls.owner.id, parent_id=cls.campaign.id
        )
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Dealer {number}", "is_company": True} for number in range(4)]
        )
        cls.member = cls._new_member(
            cls.sub_campaign, cls.partners[0], user_id=cls.assignee.id
        )
        cls.other_member = cls._new_member(cls.sub_campaign, cls.partners[1])
        cls.joined = cls.env.ref("crm_campaign_partner.result_joined")
        cls.considering = cls.env.ref("crm_campaign_partner.result_considering")
        cls.refused = cls.env.ref("crm_campaign_partner.result_refused")

    @classmethod
    def _new_user(cls, name, group):
        return new_test_user(
            cls.env,
            f"reach_{name}",
            groups=f"crm_campaign_partner.{group}",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    @classmethod
    def _new_campaign(cls, title, **values):
        return cls.env["crm.campaign"].create(
            {
                "title": title,
                "company_id": cls.company.id,
                "date_begin": "2026-01-01",
                "date_end": "2026-12-31",
                **values,
            }
        )

    @classmethod
    def _new_member(cls, campaign, partner, **values):
        return cls.env["crm.campaign.member"].create(
            {"campaign_id": campaign.id, "partner_id": partner.id, **values}
        )
