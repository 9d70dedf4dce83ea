import torch
import wandb
from torch import nn
from transformers import TrainingArguments


class Net(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.layer = nn.Linear(2, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, batch):
        return self.layer(batch)


def train():
    run = wandb.init()
    net = Net(run.config.dropout)
    unused = torch.optim.SGD(net.parameters(), lr=0.1, momentum=float(run.config.momentum))
    optimizer = torch.optim.SGD(net.parameters(), lr=run.config.lr)
    arguments = TrainingArguments("out", warmup_ratio=run.config.warmup)
    print(f"trained with {arguments}")
    for _ in range(3):
        loss = net(torch.rand(4, 2)).mean()
        loss.backward()
        optimizer.step()
        run.log({"loss": loss.item()})


if __name__ == "__main__":
    train()
