from . import crm_ads_distribution_report
from . import crm_ads_report
from . import crm_ads_report_platform
from . import crm_ads_dashboard
