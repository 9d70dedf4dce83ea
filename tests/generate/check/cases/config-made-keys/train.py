import wandb


def build(config, sizes=()):
    for index in range(config.lr > 0):
        sizes += (getattr(config, f"size_{index + 1}"), config["size_%d" % index])
    return sum(sizes)


run = wandb.init(config={"size_0": 4})
run.log({"loss": build(run.config)})
