from . import contact_stop
