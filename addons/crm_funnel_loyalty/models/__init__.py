from . import tier
from . import lead
from . import screening
from . import agreement
from . import statement
from . import care
