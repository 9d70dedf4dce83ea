import functools
import inspect

import wandb


def tracked(init):
    @functools.wraps(init)
    def inner(self, *args, **kwargs):
        kwargs.update({"width": 4})
        init(self, *args, **kwargs)

    return inner


class Net:
    @tracked
    def __init__(self, lr, width=4):
        self.lr, self.width = lr, width


run = wandb.init()
net = Net(run.config.lr, width=run.config.width)
print(inspect.signature(Net))
run.log({"loss": net.lr * net.width})
