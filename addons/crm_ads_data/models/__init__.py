from . import ads
from . import data
from . import distribution
from . import connect
from . import core
