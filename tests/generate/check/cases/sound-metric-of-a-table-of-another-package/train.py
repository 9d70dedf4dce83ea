import pandas
import scorecards
import wandb

run = wandb.init()
run.log(pandas.DataFrame(scorecards.of(run.config.lr)).mean().to_dict())
