import evaluate
import wandb


def rate(lr):
    if lr > 1:
        return {"share": lr}
    return lr


score = evaluate.load("f1")
run = wandb.init()
lr = run.config.lr
run.log({"f1": score.compute(predictions=[1], references=[1])["f1"]})
run.log({"accuracy": rate(lr)})
