from __future__ import annotations

import wandb

try:
    import fast_log
except ImportError:
    fast_log = None


def schedule(rate: Rate) -> float:
    if fast_log:
        print(undefined_but_never_sure)
    return rate * factor


def main():
    run = wandb.init()
    steps: Count = 3
    for step in range(steps):
        rate = schedule(run.config.lr)
        run.log({"loss": np.exp(-rate * step), "names": [one for one in __file__]})


factor = 2
if __name__ == "__main__":
    main()
