import torch
import wandb

run = wandb.init()
config = run.config
size = config.size - config.size % 4
layers = [
    torch.nn.MultiheadAttention(config.width, config.heads),
    torch.nn.MultiheadAttention(size, config.heads),
    torch.nn.MultiheadAttention(config.heads * config.size, config.heads),
]
run.log({"loss": sum(one.numel() for layer in layers for one in layer.parameters())})
