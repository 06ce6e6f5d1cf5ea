from . import crm_lead
from . import crm_sales_target
from . import crm_sales_target_figures
from . import crm_sales_target_analysis
