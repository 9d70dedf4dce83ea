import pandas
import wandb
import yaml

run = wandb.init()
with open("measures.yaml") as stream:
    names = yaml.safe_load(stream)["measures"]
run.log(pandas.Series(run.config.lr, index=names).to_dict())
