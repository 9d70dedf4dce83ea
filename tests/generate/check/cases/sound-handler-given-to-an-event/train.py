import wandb
from ignite.engine import Engine, Events


def run():
    wandb.init()
    trainer = Engine(lambda engine, batch: batch * wandb.config.lr)

    @trainer.on(Events.EPOCH_COMPLETED)
    def note(engine):
        wandb.log({"loss": engine.state.output})

    trainer.run(range(3))


run()
