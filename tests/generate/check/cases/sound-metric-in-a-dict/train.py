import evaluate
import wandb
from somewhere import fill

score = evaluate.load("accuracy")
run = wandb.init()
found = {"lr": run.config.lr}
fill(found)
run.log({"train": score.compute(predictions=[1], references=[1]), "val": found})
