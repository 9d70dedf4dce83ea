import numpy as np
import wandb

X = np.linspace(-1, 1, 256)
Y = X**3 - X


def design(layers, bias):
    columns = [np.cos(k * X) for k in range(1, sum(layers) // 16 + 1)]
    if bias:
        columns.append(np.ones_like(X))
    return np.stack(columns, axis=1)


def ridge(A, b, lam):
    return np.linalg.solve(A.T @ A + lam * np.eye(A.shape[1]), A.T @ b)


def log_epoch(run, split, acc):
    run.log({f"{split}/acc": acc})


def train():
    with wandb.init() as run:
        c = run.config
        A = design(c.layers, c["use bias"])
        for start in range(0, len(X), c["batch-size"]):
            rows = slice(start, start + c["batch-size"])
            w = ridge(A[rows], Y[rows], c["lambda"])
            for split, data in (("train", rows), ("val", slice(None))):
                error = np.abs(A[data] @ w - Y[data]).mean()
                log_epoch(run, split, 1 / (1 + error))


if __name__ == "__main__":
    import yaml

    with open("sweep.yaml") as f:
        sweep_id = wandb.sweep(yaml.safe_load(f), project="ridge")
    wandb.agent(sweep_id, function=train, count=40)
