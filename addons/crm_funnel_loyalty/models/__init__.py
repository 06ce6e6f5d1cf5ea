from . import agreement
from . import crm_funnel_tier
from . import crm_funnel_tier_move
from . import crm_lead_stage
from . import crm_lead
from . import res_partner
from . import sale_order
