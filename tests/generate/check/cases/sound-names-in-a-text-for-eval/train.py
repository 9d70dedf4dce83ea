import wandb


def rows(frame, low):
    return frame.eval("rate > @low").sum()


def main():
    import pandas

    run = wandb.init()
    frame = pandas.DataFrame({"rate": [0.1, 0.2]})
    run.log({"loss": rows(frame, run.config.low)})


main()
