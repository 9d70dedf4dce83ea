"""An argparse program with a subcommand, a group, choices and switches."""

import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--device", choices=["cpu", "gpu"], default="gpu")
commands = parser.add_subparsers(dest="what", required=True)
fit = commands.add_parser("fit")
model = fit.add_argument_group("model")
model.add_argument("--lr", type=float, required=True)
model.add_argument("--depth", type=int, default=1)
model.add_argument("--lambda", dest="penalty", type=float, default=0.0)
model.add_argument("--kind", choices=["plain", "wide"], default="plain")
fit.add_argument("--batch-size", type=int, default=1)
fit.add_argument("--bias", action=argparse.BooleanOptionalAction, default=True)
fit.add_argument("--amp", action="store_true")
fit.add_argument("--seed", type=int, default=0)
args = parser.parse_args()

with wandb.init(config=vars(args)) as run:
    loss = args.lr * args.depth + args.penalty + args.batch_size + args.seed
    run.log({"loss": loss + 10 * args.amp + 20 * args.bias + len(args.kind)})
