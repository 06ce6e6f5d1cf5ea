from . import agreement
from . import tier
from . import crm_lead_stage
from . import crm_lead
from . import screening
from . import membership
from . import referral
