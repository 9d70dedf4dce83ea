import json
import sys
from types import SimpleNamespace

import wandb

config = json.loads(sys.argv[1], object_hook=lambda one: SimpleNamespace(**one))
wandb.init()
wandb.log({"loss": config.net.width})
