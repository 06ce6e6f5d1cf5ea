from . import crm_ads_distribution_report
