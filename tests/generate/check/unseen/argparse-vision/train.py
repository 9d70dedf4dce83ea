#!/usr/bin/env python
"""Train a small ResNet on CIFAR-10."""

import argparse
import random

import torch
import torch.nn.functional as F
import wandb

from tracking import Tracker


def build_parser():
    parser = argparse.ArgumentParser(description=__doc__)
    data = parser.add_argument_group("data")
    data.add_argument("--root", default="./data", help="where CIFAR lies")
    data.add_argument("--batch-size", "-b", type=int, default=128)
    data.add_argument("--workers", type=int, default=2)
    optim = parser.add_argument_group("optimisation")
    optim.add_argument("--opt", choices=["sgd", "adamw"], default="sgd")
    optim.add_argument("--lr", type=float, default=0.1)
    optim.add_argument("--weight-decay", type=float, default=5e-4)
    optim.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int)
    return parser


def make_optimizer(model, args):
    if args.opt == "sgd":
        return torch.optim.SGD(
            model.parameters(), args.lr, momentum=0.9, weight_decay=args.weight_decay
        )
    return torch.optim.AdamW(model.parameters(), args.lr, weight_decay=args.weight_decay)


def one_epoch(model, loader, optimizer=None):
    total, right, loss_sum = 0, 0, 0.0
    for images, labels in loader:
        logits = model(images)
        loss = F.cross_entropy(logits, labels)
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += len(labels)
        right += (logits.argmax(1) == labels).sum().item()
        loss_sum += loss.item() * len(labels)
    return {"loss": loss_sum / total, "top1": right / total}


def main():
    args = build_parser().parse_args()
    if args.seed is not None:
        random.seed(args.seed)
        torch.manual_seed(args.seed)
    run = wandb.init(project="cifar", config=vars(args))
    train_track, valid_track = Tracker(run, "train"), Tracker(run, "valid")

    from data import loaders
    from model import resnet

    train_loader, valid_loader = loaders(args.root, args.batch_size, args.workers)
    model = resnet()
    optimizer = make_optimizer(model, args)
    for epoch in range(args.epochs):
        train_track.push(one_epoch(model, train_loader, optimizer), epoch)
        with torch.no_grad():
            valid_track.push(one_epoch(model, valid_loader), epoch)
    run.finish()


if __name__ == "__main__":
    main()
