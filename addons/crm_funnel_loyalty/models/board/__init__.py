from . import crm_sales_board
from . import crm_sales_scorecard
from . import crm_sales_sanity
