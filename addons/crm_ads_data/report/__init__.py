from . import crm_ads_distribution_report
from . import crm_ads_report
from . import crm_ads_dashboard
