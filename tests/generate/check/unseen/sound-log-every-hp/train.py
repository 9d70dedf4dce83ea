import wandb
def main():
    run = wandb.init()
    c = run.config
    for e in range(100):
        loss = c.lr / (e + 1)
        if e % c.eval_every == 0:
            run.log({"val_loss": loss})
main()
