import wandb
def main():
    run = wandb.init()
    c = run.config
    step = 0
    while step < 1000:
        step += 1
        if step > c.warmup and step % 100 == 0:
            run.log({"val_loss": c.lr / step})
main()
