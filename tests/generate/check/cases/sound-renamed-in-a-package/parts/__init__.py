from .fitting import Fitting as Trainer
from .fitting import report as finish
