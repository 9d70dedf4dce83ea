import wandb
from pydantic import BaseModel


class Settings(BaseModel):
    lr: float = 0.1
    width: int = 3


run = wandb.init(config=Settings().dict())
run.log({"loss": run.config["lr"] * run.config["width"]})
