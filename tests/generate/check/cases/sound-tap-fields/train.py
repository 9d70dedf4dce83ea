import wandb
from tap import Tap


class Arguments(Tap):
    width: float = 2
    bias: bool = False
    kind: str = "plain"

    def configure(self):
        self.add_argument("--kind", choices=["plain", "other"])
        self.add_argument("--more", action="store_true")


args = Arguments().parse_args()
run = wandb.init(config=args.as_dict())
run.log({"loss": args.width if args.bias and args.kind else 0})
