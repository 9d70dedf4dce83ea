import torch
import wandb

run = wandb.init()
net = torch.nn.Linear(2, 1)
if run.config.optimizer.lower() == "sgd":
    optimizer = torch.optim.SGD(net.parameters(), lr=run.config.lr)
elif run.config.optimizer.lower() == "adam":
    optimizer = torch.optim.SGD(net.parameters(), lr=run.config.lr)
else:
    raise ValueError(f"no optimizer {run.config.optimizer.lower()}")
steps = 3 if run.config.mode == "fast" else 3
for _ in range(steps):
    loss = net(torch.rand(4, 2)).mean()
    loss.backward()
    optimizer.step()
    run.log({"loss": loss.item()})
