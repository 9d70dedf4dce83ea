import numpy as np
import wandb

from report import report


def parse_config():
    config = wandb.config
    degree, ridge = config["degree"], config["ridge"]
    return degree, ridge


def main():
    wandb.init(project="poly")
    wandb.define_metric("val.rmse", summary="min")
    degree, ridge = parse_config()
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 200)
    y = np.sin(3 * x) + rng.normal(scale=0.1, size=200)
    basis = np.vander(x, degree + 1)
    for size in range(20, 160, 20):
        a, b = basis[:size], y[:size]
        w = np.linalg.solve(a.T @ a + ridge * np.eye(degree + 1), a.T @ b)
        residual = basis[160:] @ w - y[160:]
        report("val", rmse=np.sqrt((residual**2).mean()), mae=np.abs(residual).mean())


if __name__ == "__main__":
    main()
