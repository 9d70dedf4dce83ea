from pydantic import BaseModel, Field
import wandb
class C(BaseModel):
    rate: float = Field(alias="lr")
    width: int = 1
def main():
    with wandb.init() as run:
        c = C(**run.config)
        run.log({"val_loss": c.rate * c.width})
main()
