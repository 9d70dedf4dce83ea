import torch
import wandb
from torch import nn
from transformers import Trainer, TrainingArguments


class Net(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.layer = nn.Linear(2, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, batch):
        for layer in self.children():
            batch = layer(batch)
        return batch


def train():
    run = wandb.init()
    net = Net(run.config.dropout)
    torch.set_num_threads(int(run.config.momentum * 10))
    optimizer = torch.optim.SGD(net.parameters(), lr=run.config.lr)
    arguments = TrainingArguments("out", warmup_ratio=run.config.warmup)
    trainer = Trainer(net, arguments, optimizers=(optimizer, None))
    for _ in range(3):
        trainer.train()
        run.log({"loss": net(torch.rand(4, 2)).mean().item()})


if __name__ == "__main__":
    train()
