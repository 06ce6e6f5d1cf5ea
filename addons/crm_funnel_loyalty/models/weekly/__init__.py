from . import crm_sales_weekly_report
from . import crm_sales_weekly_figures
from . import crm_sales_weekly_reminder
