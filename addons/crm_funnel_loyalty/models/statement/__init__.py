from . import credit_mixin
from . import sale_order
from . import account_move
from . import crm_sales_statement
from . import crm_sales_statement_line
