from . import contact_webhook
