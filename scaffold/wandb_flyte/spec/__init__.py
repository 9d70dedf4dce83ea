"""W&B's sweep config: its model, its checks, the size of its space."""

from ._aliases import first_beyond
from ._checks import check_sweep, outline_sweep, parse_sweep
from ._distributions import Distribution
from ._document import SweepDocument, load_sweep
from ._grid import GridAxis
from ._kinds import value_key
from ._model import EarlyTerminate, Goal, Metric, Parameter, SweepConfig, assemble, grid_size
from ._names import python_name
from ._nodes import dotted, is_main, wandb_calls
from ._report import as_number
from ._source import NotPython, parse_python

__all__ = [
    "Distribution",
    "EarlyTerminate",
    "Goal",
    "GridAxis",
    "Metric",
    "NotPython",
    "Parameter",
    "SweepConfig",
    "SweepDocument",
    "as_number",
    "assemble",
    "check_sweep",
    "dotted",
    "first_beyond",
    "grid_size",
    "is_main",
    "load_sweep",
    "outline_sweep",
    "parse_python",
    "parse_sweep",
    "python_name",
    "value_key",
    "wandb_calls",
]
