import wandb
def main():
    run = wandb.init(config="defaults.yaml")
    c = run.config
    run.log({"val_loss": c.lr * c.width * c.momentum})
main()
