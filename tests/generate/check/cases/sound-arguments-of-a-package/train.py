import wandb
from graph_training import cfg, load_cfg, parse_args

load_cfg(cfg, parse_args())
wandb.init()
weight = 1.0
for _ in range(3):
    weight -= cfg.optim.lr * weight
    wandb.log({"loss": weight})
