import wandb
import yaml


class Net:
    def __init__(self, width, depth):
        self.size = width * depth


def load(folder, name):
    return [folder, name]


with open("base.yaml") as file:
    settings = yaml.safe_load(file)
wandb.init()
rate = settings["net"].pop("dropout")
part = settings["data"]
part["name"] = "train"
data = load(**part)
net = Net(**settings["net"])
for _ in range(settings["steps"]):
    wandb.log({"loss": wandb.config.lr * net.size * len(data) * rate})
