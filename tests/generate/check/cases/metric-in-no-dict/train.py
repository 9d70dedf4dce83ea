import wandb


def others(width):
    found = {"third": [width]}
    for name in ["fourth", "fifth"]:
        found[name] = [width]
    return found


run = wandb.init()
kinds = ["first", "second"]
results = {}
for kind in kinds:
    results[kind] = [run.config.width]
results = results | others(run.config.width)
for step in range(3):
    row = {"step": step} | {key: values[0] for key, values in results.items()}
    run.log(row)
    run.log({f"{key}/mean": results[key] for key in results})
    run.log({f"{at}/{kind}": 1 for at, kind in enumerate(kinds)})
