import torch
import wandb


def train(model, config):
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=config.lr, weight_decay=config.weight_decay
    )
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=10 * config.lr, total_steps=100)
    for step in range(100):
        loss = model(torch.ones(1)).sum()
        loss.backward()
        optimizer.step()
        scheduler.step()
        wandb.log({"loss": loss})


with wandb.init() as run:
    train(torch.nn.Linear(1, 1), run.config)
