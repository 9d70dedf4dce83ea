import torch
import wandb


def announce(mode):
    print(mode)
    torch.manual_seed(len(mode))
    return True


run = wandb.init()
net = torch.nn.Linear(2, 1)
optimizer = torch.optim.Adam(net.parameters(), lr=run.config.lr)
if run.config.optimizer == "sgd":
    optimizer = torch.optim.SGD(net.parameters(), lr=run.config.lr)
elif run.config.optimizer == "momentum":
    optimizer = torch.optim.SGD(net.parameters(), lr=run.config.lr)
steps = 3 if announce(run.config.mode) else 3
for _ in range(steps):
    loss = net(torch.rand(4, 2)).mean()
    loss.backward()
    optimizer.step()
    run.log({"loss": loss.item()})
