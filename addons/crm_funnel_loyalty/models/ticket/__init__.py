from . import crm_funnel_tier
from . import helpdesk_ticket
from . import helpdesk_ticket_rating
from . import res_partner
