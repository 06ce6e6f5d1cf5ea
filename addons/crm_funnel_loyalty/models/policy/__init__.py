from . import crm_sales_policy_part
from . import crm_sales_policy
from . import crm_sales_policy_approval
from . import crm_sales_policy_band
from . import crm_sales_policy_rate
from . import crm_sales_policy_bonus
from . import crm_sales_policy_kpi
from . import crm_sales_policy_income
