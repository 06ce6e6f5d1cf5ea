from . import test_crm_lead_board
from . import test_crm_lead_convert
from . import test_funnel_access
from . import test_funnel_hooks
from . import test_funnel_performance
from . import test_funnel_services
from . import test_funnel_tier
from . import test_funnel_tour
