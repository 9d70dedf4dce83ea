from tap import Tap
import wandb
class A(Tap):
    lr: float = 0.1
    width: int = 2
a = A().parse_args()
run = wandb.init(config=a.as_dict())
run.log({"val_loss": a.lr * a.width})
