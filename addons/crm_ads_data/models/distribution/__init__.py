from . import crm_ads_skill
from . import crm_ads_distribution_rule
from . import crm_ads_distribution_seats
from . import crm_ads_distribution_member
from . import crm_ads_distribution_log
