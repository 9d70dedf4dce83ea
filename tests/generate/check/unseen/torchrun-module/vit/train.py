import os

import torch
import torch.distributed as dist
import wandb

from .options import get_options


def setup():
    dist.init_process_group("gloo")
    return int(os.environ["RANK"])


def accuracy(depth, patch_size, lr, epoch):
    score = torch.tensor(1 - 1 / (1 + epoch * lr * depth / patch_size))
    dist.all_reduce(score)
    return score.item() / dist.get_world_size()


def main():
    opts = get_options()
    rank = setup()
    is_main = rank == 0
    if is_main:
        wandb.init(project="vit", config=opts.__dict__)
    for epoch in range(opts.epochs):
        top1 = accuracy(opts.depth, opts.patch_size, opts.base_lr, epoch)
        if is_main:
            wandb.log({"val_top1": top1, "epoch": epoch})
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
