import wandb

SCORES = {"accuracy": max, "roc_auc_score": min}


class Trainer:
    def __init__(self, lr):
        self.lr = lr

    def train(self):
        found = {key: [] for key in SCORES}
        for key in SCORES:
            found[key].append(SCORES[key](self.lr, 1.0))
        return found


run = wandb.init()
scores = Trainer(run.config.lr).train()
for key in scores:
    run.log({f"mean_{key}": sum(scores[key])})
