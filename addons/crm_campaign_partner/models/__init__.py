from . import res_company
from . import crm_campaign_result
from . import crm_campaign
from . import crm_campaign_figures
from . import crm_campaign_roles
from . import crm_campaign_budget_line
from . import crm_campaign_member
