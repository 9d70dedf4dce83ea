import wandb
from words import read_words

run = wandb.init()
kinds = ["first"]
kinds.extend(read_words())
results = {}
for kind in kinds:
    results[kind] = [run.config.width]
for kind in ["second"]:
    print(kind)
run.log({key: values[0] for key, values in results.items()})
