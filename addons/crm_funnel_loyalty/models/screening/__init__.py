from . import crm_funnel_screening
from . import crm_need_status
from . import res_partner
from . import crm_lead
from . import sale_order
