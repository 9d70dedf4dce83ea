from collections import OrderedDict

import wandb


class Agent:
    def __init__(self, lr):
        self.lr = lr
        self.rows = OrderedDict(reward=0)

    def learn(self, step):
        if step < 1:
            return None
        self.rows.update([(f"train_{key}", self.lr) for key in ("loss", "entropy")])
        return self.rows


run = wandb.init()
agent = Agent(run.config.lr)
for step in range(3):
    rows = agent.learn(step)
    if rows:
        run.log(rows)
