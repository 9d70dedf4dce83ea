import wandb

wandb.init(project="my-test-project")

wandb.config = {"learning_rate": 0.001, "epochs": 100, "batch_size": 128}

w = 1.0
for _ in range(wandb.config["epochs"]):
    w -= wandb.config["learning_rate"] * w
    wandb.log({"loss": w * w})
