from functools import partial

import wandb
from fastai.vision import cnn_learner
from wandb.fastai import WandbCallback

wandb.init()
learner = cnn_learner(callback_fns=partial(WandbCallback, monitor="accuracy"))
learner.fit(3, wandb.config.lr)
wandb.log({"done": 1})
