from typing import Literal

import wandb
from tap import Tap


class Common(Tap):
    width: int = 2


class Arguments(Common):
    bias: bool = True
    kind: Literal["plain", "tall"] = "plain"


args = Arguments().parse_args()
run = wandb.init(config=args.as_dict())
run.log({"loss": args.width if args.bias and args.kind else 0})
