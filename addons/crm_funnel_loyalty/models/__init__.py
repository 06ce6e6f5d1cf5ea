from . import tier
from . import lead
from . import screening
from . import agreement
from . import membership
from . import referral
from . import policy
from . import statement
