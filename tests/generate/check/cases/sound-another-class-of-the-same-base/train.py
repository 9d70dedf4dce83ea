import wandb


class Step:
    def __init__(self, data):
        self.data = data


class Raw(Step):
    def work(self):
        if self.data == "a":
            return 1.0
        else:
            raise ValueError(self.data)


class Download(Step):
    def work(self):
        return Raw(self.data).work()


class Train(Step):
    def work(self):
        versions = {"raw": "a", "clean": "a"}
        return Download(versions[self.data]).work()


with wandb.init() as run:
    run.log({"loss": Train(run.config.data).work()})
