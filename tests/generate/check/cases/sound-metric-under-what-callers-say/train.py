import wandb


def write(loss, phase="train"):
    wandb.log({f"{phase}/loss": loss})


run = wandb.init()
write(run.config.lr)
for write_for in (write,):
    write_for(run.config.lr, run.config.get("phase", "val"))
