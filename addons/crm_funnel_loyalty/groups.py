"""Groups that code asks for, by their XML ids."""

SALES = "crm_funnel_loyalty.group_user"
FUNNEL_MANAGER = "crm_funnel_loyalty.group_manager"
# Implied by core for sales managers.
ALL_DOCUMENTS = "sales_team.group_sale_salesman_all_leads"
SALES_MANAGER = "sales_team.group_sale_manager"
# Whoever sees all customers, not only the own ones.
ALL_CUSTOMERS = (ALL_DOCUMENTS, FUNNEL_MANAGER)


def is_sales_manager(env):
    """Whether a sales manager is at work, or the system."""
    return env.su or env.user.has_group(SALES_MANAGER)
