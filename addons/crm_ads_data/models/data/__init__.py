from . import crm_ads_data
from . import crm_ads_data_duplicate
from . import crm_ads_data_ingest
from . import crm_ads_data_transfer
from . import crm_ads_data_key
from . import crm_ads_import
from . import crm_ads_import_run
from . import crm_ads_import_line
