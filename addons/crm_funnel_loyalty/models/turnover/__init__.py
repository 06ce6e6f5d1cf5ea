from . import ir_ui_menu
from . import product_product
