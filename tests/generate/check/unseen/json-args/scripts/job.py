import argparse
import json

import wandb


def score(params):
    return params["depth"] * (2.0 if params["kernel"] == "rbf" else 1.0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--params", type=json.loads, required=True)
    args = parser.parse_args()
    with wandb.init(config=args.params) as run:
        run.log({"score": score(args.params)})
