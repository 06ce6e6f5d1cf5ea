from . import crm_sale_kit_item
from . import crm_sale_kit_share
from . import crm_sale_kit_reading
