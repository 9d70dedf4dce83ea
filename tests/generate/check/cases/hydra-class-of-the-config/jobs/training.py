import hydra

from jobs.base import Job
from jobs.layers import Layer


class Training(Job):
    def __init__(self, config):
        super().__init__(config)
        self.model = Layer(config.width)
        self.optimizer = hydra.utils.instantiate(config.optimizer, params=[])

    def run(self):
        for group in self.optimizer.param_groups:
            self.run_of_it.log({"val/acc": group["lr"]})
        self.save(self.model)
