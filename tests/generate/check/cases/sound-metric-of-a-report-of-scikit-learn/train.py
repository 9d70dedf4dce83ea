import wandb
from sklearn.metrics import classification_report

run = wandb.init()
report = classification_report([0, 1], [0, run.config.lr > 0.05], output_dict=True)
run.log({f"val/{key}": value for key, value in report.items()})
