import wandb


def train_step(w, lr):
    return w - lr * w


def main():
    run = wandb.init(project="paths")
    cfg = run.config
    w = 1.0
    for epoch in range(10):
        w = train_step(w, cfg.lr)
        run.log({"train_loss": w * w}, step=epoch)
        if cfg.validate:
            run.log({"val_loss": w * w + 0.1}, step=epoch)
    run.finish()


if __name__ == "__main__":
    main()
