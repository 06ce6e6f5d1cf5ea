from . import crm_ads_data_entry
from . import crm_ads_data_entry_line
