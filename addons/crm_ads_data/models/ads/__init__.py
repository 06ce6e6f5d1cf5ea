from . import crm_ads_level
from . import crm_ads_ratios
from . import crm_ads_figures
from . import crm_ads_account
from . import crm_ads_campaign
from . import crm_ads_ad
from . import crm_ads_ad_alert
from . import crm_ads_insight
