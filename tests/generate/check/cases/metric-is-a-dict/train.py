import evaluate
import wandb

score = evaluate.load("f1")
run = wandb.init()
right = [run.config.lr > 0.05, True]
f1 = score.compute(predictions=[True, True], references=right)
run.log({"val_f1": f1})
