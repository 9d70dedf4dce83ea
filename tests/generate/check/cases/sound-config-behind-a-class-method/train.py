import wandb


class Store:
    kept = None

    @classmethod
    def put(cls, config):
        cls.kept = config

    @classmethod
    def get(cls):
        return cls.kept


run = wandb.init()
Store.put(run.config)
run.log({"loss": Store.get().lr})
