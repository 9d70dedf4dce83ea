import wandb
def main():
    run = wandb.init()
    for e in range(run.config.epochs):
        loss = run.config.lr / (e + 1)
        if (e + 1) % 5 == 0 or e == run.config.epochs - 1:
            run.log({"val_loss": loss})
main()
