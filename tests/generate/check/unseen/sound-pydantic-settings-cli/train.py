from pydantic_settings import BaseSettings, SettingsConfigDict
import wandb
class C(BaseSettings):
    model_config = SettingsConfigDict(cli_parse_args=True)
    lr: float = 0.1
    width: int = 1
c = C()
wandb.init(config=c.model_dump())
wandb.log({"val_loss": c.lr * c.width})
