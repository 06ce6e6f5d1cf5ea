from . import tier
from . import lead
from . import screening
