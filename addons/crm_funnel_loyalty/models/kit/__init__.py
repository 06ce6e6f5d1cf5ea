from . import crm_sale_kit_item
from . import crm_sale_kit_share
from . import crm_sale_kit_reading
from . import crm_sale_kit_progress
from . import crm_sale_kit_plan
from . import crm_sale_kit_plan_reminder
