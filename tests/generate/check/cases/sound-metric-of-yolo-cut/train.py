import wandb
from ultralytics import YOLO

run = wandb.init()
model = YOLO("yolo11n.pt")


def log_plain(trainer):
    row = {}
    for name in trainer.metrics:
        row[name.replace("(B)", "")] = trainer.metrics[name]
    wandb.log(row)


model.add_callback("on_fit_epoch_end", log_plain)
model.train(data="data.yaml", lr0=run.config.lr)
