import wandb
from sklearn.linear_model import LogisticRegression


class Classifier:
    def __init__(self, solver, **others):
        for key, value in others.items():
            setattr(self, key, value)
        self.model = LogisticRegression(solver=solver)

    def score(self, rows, labels):
        return self.model.fit(rows, labels).score(rows, labels)


run = wandb.init()
model = Classifier(**run.config)
run.log({"accuracy": model.score([[0], [1]], [0, 1])})
