from . import crm_campaign_report
from . import crm_partner_scorecard
