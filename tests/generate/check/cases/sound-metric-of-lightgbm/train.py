import lightgbm
import wandb
from wandb.integration.lightgbm import wandb_callback

wandb.init()
train, valid = lightgbm.Dataset("train.bin"), lightgbm.Dataset("valid.bin")
lightgbm.train(
    {"num_leaves": wandb.config.num_leaves, "metric": "auc"},
    train,
    valid_sets=[valid],
    valid_names=["valid"],
    callbacks=[wandb_callback()],
)
