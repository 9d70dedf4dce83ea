import wandb


class Section:
    def __init__(self, name, row):
        self.name, self.row = name, row

    def put(self, key, value):
        self.row[f"{self.name}/{key}"] = value


class Log:
    def __init__(self, run):
        self.run = run
        self.row = {}

    def __getattr__(self, name):
        return Section(name, self.row)

    def send(self):
        self.run.log(dict(self.row))


log = Log(wandb.init())
log.test.put("score", wandb.config.lr)
log.send()
