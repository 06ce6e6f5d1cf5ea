from . import sale_kit
