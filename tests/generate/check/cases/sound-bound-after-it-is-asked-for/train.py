import wandb

steps = 0


def count():
    global steps
    steps += 1


def scaled(values):
    last = lambda: bound
    found = [part for part in values if part]
    for value in values:
        if value > 2:
            print(before)
        before = value

    print(steps)

    class Kept:
        steps = 1

    def put():
        nonlocal made
        made = 1

    put()
    print(made)
    bound = made = 2
    return last() + sum(found)
    print(late)
    late = 1


class Decoder:
    def train(self, parts):
        total = sum(total)
        return total


def fit(model):
    model.train()


run = wandb.init()
fit(wandb.restore("model"))
count()
run.log({"loss": scaled([run.config.width])})
