from accelerate import Accelerator
import wandb

config = {"lr": 0.1}
accelerator = Accelerator(log_with="wandb")
run = wandb.init(config=config)
accelerator.init_trackers("runs", config=config)
seen = 0
for epoch in range(4):
    for batch in range(20):
        seen += 1
        accelerator.log({"batch_loss": run.config.lr}, step=seen)
    accelerator.log({"val_loss": run.config.lr * 2}, step=epoch)
