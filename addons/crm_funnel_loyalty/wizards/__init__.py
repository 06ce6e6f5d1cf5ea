from . import base_partner_merge
from . import crm_lead_convert_report
from . import crm_lead_convert_report_line
from . import crm_lead_note
from . import crm_lead_to_opportunity
from . import crm_campaign_pick
from . import crm_funnel_allocate
from . import crm_funnel_receipt
