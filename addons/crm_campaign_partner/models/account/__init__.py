from . import crm_contact_provider
from . import crm_contact_account
from . import crm_contact_account_secret
from . import crm_contact_account_state
from . import crm_contact_account_token
from . import crm_contact_touch_deliver
