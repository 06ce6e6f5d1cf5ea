from . import crm_ads_report
