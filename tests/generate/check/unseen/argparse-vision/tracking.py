"""Logs dicts of numbers under a prefix."""


class Tracker:
    def __init__(self, run, prefix):
        self._run = run
        self._prefix = prefix

    def push(self, numbers, step):
        self._run.log({f"{self._prefix}/{name}": number for name, number in numbers.items()}, step)
