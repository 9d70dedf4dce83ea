"""`wandb-flyte local start`."""

from __future__ import annotations

import click

from wandb_flyte.cli._output import note


@click.command(short_help="Start the local backend, or show the one that runs.")
@click.option("--host", metavar="ADDRESS", help="Listen on this address, with a key of yours.")
@click.option("--port", type=click.IntRange(1, 65535), help="Listen on this port.")
def command(host: str | None, port: int | None) -> None:
    """Start the local backend, or show the one that runs.

    It listens on this machine alone. With --host other machines reach it: that needs a key of
    yours in WANDB_FLYTE_LOCAL_KEY, and everything is sent without TLS.
    """
    from wandb_flyte.cli._local import start

    started = start(host=host, port=port)
    verb = "runs already" if started.ran_before else "started"
    click.echo(f"local backend {verb} at {started.server.url}")
    if started.open_to_others:
        note(
            f"warning: it listens on {started.server.host} without TLS: whoever sees the traffic"
            " can read the key and the data. Use it in a trusted network, or put a proxy with TLS"
            " before it."
        )
    click.echo(f"data: {started.server.data_dir}")
