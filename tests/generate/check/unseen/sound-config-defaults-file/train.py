import wandb
def main():
    run = wandb.init()
    c = run.config
    run.log({"val_loss": c.lr * c.width * c.momentum})
main()
