import tensorflow as tf
import wandb
from models import make_model


class Tells(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        wandb.log({key: logs[key] for key in logs if key != "lr"})


class TellsMore(Tells):
    def on_epoch_end(self, epoch, logs=None):
        super().on_epoch_end(epoch, logs)


run = wandb.init()
make_model(run.config.width).fit(callbacks=[TellsMore()])
