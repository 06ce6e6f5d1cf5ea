from . import base_partner_merge
from . import crm_lead_to_opportunity
from . import crm_campaign_pick
from . import agreement_instalment_plan
from . import agreement_instalment_plan_line
from . import crm_funnel_allocate
from . import crm_funnel_receipt
