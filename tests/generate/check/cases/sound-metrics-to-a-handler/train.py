import logging

import wandb


class Handler(logging.Handler):
    def emit(self, record):
        wandb.log(record.msg)


logger = logging.getLogger("metrics")
logger.addHandler(Handler())
wandb.init()
logger.warning({"loss": wandb.config.lr})
