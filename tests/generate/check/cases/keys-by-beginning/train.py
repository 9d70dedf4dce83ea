import wandb


def pick(config, begin):
    found = {}
    for key, value in config.items():
        if key.startswith(begin):
            found[key[2:]] = value
    return found


run = wandb.init()
everything = dict(run.config)
parts = [pick(everything, "g_"), {key[2:]: value for key, value in everything.items() if key.startswith("d_")}]
for step in range(3):
    run.log({"loss": parts[0]["width"] + parts[1]["width"]})
