import argparse

import numpy as np
import wandb
import xgboost as xgb

parser = argparse.ArgumentParser(prog="housing")
sub = parser.add_subparsers(dest="cmd")

fit = sub.add_parser("fit")
fit.add_argument("--table", required=True, help="a .npy file")
fit.add_argument("--depth", type=int, default=6)
fit.add_argument("--eta", type=float, default=0.1)

score = sub.add_parser("score")
score.add_argument("--model", required=True)
score.add_argument("--threshold", type=float, default=0.5)


def run_fit(ns):
    table = np.load(ns.table)
    x, y = table[:, :-1], table[:, -1]
    with wandb.init(config=vars(ns)):
        model = xgb.XGBRegressor(max_depth=ns.depth, learning_rate=ns.eta)
        model.fit(x[:800], y[:800])
        error = model.predict(x[800:]) - y[800:]
        wandb.log({"rmse": float(np.sqrt((error**2).mean()))})


def run_score(ns):
    model = xgb.XGBRegressor()
    model.load_model(ns.model)
    print("above", ns.threshold, model)


if __name__ == "__main__":
    ns = parser.parse_args()
    {"fit": run_fit, "score": run_score}[ns.cmd](ns)
