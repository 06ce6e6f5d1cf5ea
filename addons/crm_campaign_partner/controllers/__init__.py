from . import contact_webhook
from . import zalo_consent
from . import contact_stop
