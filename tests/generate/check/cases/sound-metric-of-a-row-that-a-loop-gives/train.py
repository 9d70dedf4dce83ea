import wandb


def maker(lr):
    def train():
        for step in range(3):
            yield step, {"score": lr * step}

    return train


wandb.init()
for step, row in maker(wandb.config.lr)():
    row = {"val/" + key: value for key, value in row.items()}
    wandb.log({**row, "step": step})
