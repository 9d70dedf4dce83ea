from .wide import *

__all__ = []
__all__.extend(wide.__all__)
