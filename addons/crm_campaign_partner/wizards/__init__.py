from . import crm_campaign_pick
from . import crm_campaign_result_record
