from . import crm_campaign_pick
from . import crm_campaign_partner_update
from . import crm_campaign_result_record
from . import crm_contact_refuse
from . import crm_contact_compose
from . import crm_contact_compose_render
from . import crm_contact_compose_preview
from . import crm_contact_compose_zalo
