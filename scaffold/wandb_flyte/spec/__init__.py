"""W&B's sweep config: its model, its checks, the size of its space."""

from ._checks import check_sweep, parse_sweep
from ._distributions import Distribution
from ._document import SweepDocument, load_sweep
from ._kinds import value_key
from ._model import EarlyTerminate, Metric, Parameter, SweepConfig, assemble, grid_size

__all__ = [
    "Distribution",
    "EarlyTerminate",
    "Metric",
    "Parameter",
    "SweepConfig",
    "SweepDocument",
    "assemble",
    "check_sweep",
    "grid_size",
    "load_sweep",
    "parse_sweep",
    "value_key",
]
