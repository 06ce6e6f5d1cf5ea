from . import crm_referral_reward
from . import res_partner
from . import crm_lead
from . import sale_order
