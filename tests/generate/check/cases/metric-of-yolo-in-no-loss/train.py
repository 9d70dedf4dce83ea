import wandb
from ultralytics import YOLO

run = wandb.init()
YOLO("yolo11n.pt").train(data="data.yaml", lr0=run.config.lr)
