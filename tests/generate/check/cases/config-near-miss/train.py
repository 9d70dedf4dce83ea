import wandb

def main():
    wandb.init(config={"learn_rate": 0.1, "depth": 1})
    config = wandb.config
    wandb.log({"loss": config.learn_rate * config.depth})

main()
