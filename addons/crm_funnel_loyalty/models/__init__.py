from . import crm_funnel_tier
from . import crm_funnel_tier_move
from . import lead
from . import res_partner
from . import sale_order
