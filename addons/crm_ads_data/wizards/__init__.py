from . import crm_ads_data_assign
from . import crm_ads_data_entry
from . import crm_ads_data_entry_line
from . import crm_ads_distribution_dry_run
from . import crm_ads_distribution_dry_run_line
from . import crm_ads_pool_claim
from . import crm_ads_redistribute
