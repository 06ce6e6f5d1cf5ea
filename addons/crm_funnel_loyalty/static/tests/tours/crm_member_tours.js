import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_funnel_member", {
    steps: () => [
        {
            content: "One button makes the card",
            trigger: "button[name=action_member_card]:contains(Make Member)",
            run: "click",
        },
        {
            content: "The card has a number and a level, and can be printed",
            trigger:
                ".o_form_view:has(.o_field_widget[name=code]:contains(TV)) " +
                "button[name=action_print_member_card]",
        },
        {
            content: "Its level is the customer's tier",
            trigger: ".o_field_widget[name=funnel_tier_id]:contains(Contract)",
        },
        {
            content: "Back to the customer",
            trigger: "button[name=action_view_member]",
            run: "click",
        },
        {
            content: "The customer shows the number",
            trigger: "button[name=action_member_card]:contains(TV)",
        },
        {
            content: "More buttons",
            trigger: ".o-form-buttonbox .o_button_more",
            run: "click",
        },
        {
            content: "Who was brought",
            trigger: "button[name=action_view_referrals]:contains(Brought)",
            run: "click",
        },
        {
            content: "The branch is open; open the next one",
            trigger: ".o_referral_tree tr:contains(Tour Friend) .o_referral_toggle",
            run: "click",
        },
        {
            content: "The grandchild is there; open it",
            trigger: ".o_referral_tree tr[aria-level='3'] a:contains(Tour Grandchild)",
            run: "click",
        },
        {
            content: "Its form names who brought it",
            trigger:
                ".o_form_view .o_field_widget[name=referrer_id] input:value(Tour Friend)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_funnel_referral_roots", {
    steps: () => [
        {
            content: "The company is a root, and its contact is none",
            trigger:
                ".o_referral_tree:has(tr[aria-level='1'] a:contains(Tour Spa))" +
                ":not(:has(tr a:contains(Tour Contact)))",
        },
        {
            content: "Open the branch",
            trigger: ".o_referral_tree tr:contains(Tour Spa) .o_referral_toggle",
            run: "click",
        },
        {
            content: "Whom the contact brought is there",
            trigger: ".o_referral_tree tr[aria-level='2'] a:contains(Tour Friend)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_funnel_member_quotation", {
    steps: () => [
        {
            content: "The quotation shows the card and the promise",
            trigger:
                ".o_member_band:has([name=member_number]:contains(TV)):contains(Answer within two hours)",
        },
        {
            content: "The promotion of the tier is in",
            trigger: ".o_field_widget[name=order_line] .o_data_row:contains(10%)",
        },
    ],
});
