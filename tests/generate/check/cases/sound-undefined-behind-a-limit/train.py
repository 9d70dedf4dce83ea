import wandb


def save(path):
    print(path, scaler)


run = wandb.init()
limit, best = 0.1, 5
for _ in range(3):
    loss = run.config.lr * 2
    run.log({"loss": loss})
    if loss < limit:
        save("good.pkl")
    if loss > best:
        best = loss
        save("best.pkl")
