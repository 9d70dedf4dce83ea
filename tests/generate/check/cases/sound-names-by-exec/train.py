use_wandb = False
lr = 0.5
exec(open("configurator.py").read())
if use_wandb:
    import wandb

    wandb.init()
weight = 1.0
for _ in range(3):
    weight -= lr * weight
    if use_wandb:
        wandb.log({"loss": weight})
