import wandb
import yaml


def project_of():
    with open("names.yaml") as stream:
        config = yaml.safe_load(stream)
    for run in ["first", "second"]:
        print(run.upper())
    return config["model"]["project"]


def main():
    wandb.log({"loss": 1.0 if config.model == "small" else 2.0})


project = project_of()
run = wandb.init(project=project)
config = wandb.config
main()
