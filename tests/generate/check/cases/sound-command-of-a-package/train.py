import os
from pathlib import Path

import wandb
import yaml

run = wandb.init()
settings = Path(f"settings_{run.id}.yaml")
settings.write_text(yaml.safe_dump(dict(run.config)))
os.system(f"yolo cfg={settings}")
