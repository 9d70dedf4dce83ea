import wandb


def report(run, losses):
    run.log({"loss": min(losses)})


def main():
    with wandb.init() as run:
        losses = []
        for epoch in range(10):
            losses.append(run.config.lr / (epoch + 1))
            run.log({"epoch": epoch})
        report(run, losses)


if __name__ == "__main__":
    main()
