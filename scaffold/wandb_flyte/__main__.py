"""`python -m wandb_flyte`: the command line."""

from wandb_flyte.cli import main

if __name__ == "__main__":
    main()
