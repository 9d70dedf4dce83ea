import argparse

import settings
import wandb
import xgboost

parser = argparse.ArgumentParser()
parser.add_argument("--max_depth", type=int)
parser.add_argument("--settings")
args = parser.parse_args()
settings_of_it = settings.DEFAULTS
if args.settings:
    settings_of_it = getattr(settings, args.settings)
given = {key: value for key, value in vars(args).items() if key not in ["settings"]}
for key, value in given.items():
    if value is not None:
        settings_of_it[key] = value
with wandb.init(config=settings_of_it) as run:
    model = xgboost.train(settings_of_it, None)
    run.log({"loss": model.best_score})
