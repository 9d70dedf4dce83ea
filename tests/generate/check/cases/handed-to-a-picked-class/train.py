import wandb
from nets import NETS, Base


def run(config, net_class, base_class=Base):
    net = net_class(config=config)
    print(base_class(config))
    for step in range(3):
        wandb.log({"loss": net.loss(step)})


config = wandb.init().config
run(config, NETS[config.kind], Base)
