import pickle

import wandb


def save(path, loss):
    with open(path, "wb") as file:
        pickle.dump({"loss": loss, "state": scaler}, file)


def train(run):
    scaler = [run.config.lr]
    best = float("inf")
    for _ in range(3):
        loss = sum(scaler)
        run.log({"loss": loss})
        if loss < best:
            best = loss
            save("best.pkl", loss)


train(wandb.init())
