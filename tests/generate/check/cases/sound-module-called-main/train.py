import main as main
import wandb

run = wandb.init()
main.train(run.config.lr)
