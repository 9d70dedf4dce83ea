import functools

import click


class Table:
    @property
    def rows(self):
        return [1]

    @functools.lru_cache
    def size(self):
        return 1


@click.command(name="measure")
@click.option("--log", is_flag=True, default=True)
@click.option("--depth", type=int, default=1)
def evaluate(log, depth):
    print(log, depth, Table().rows)
