import json
import subprocess
import sys
from pathlib import Path

import wandb

run = wandb.init()
Path("config.json").write_text(json.dumps(dict(run.config)))
subprocess.run([sys.executable, "work.py"], check=True)
run.log(json.loads(Path("result.json").read_text()))
