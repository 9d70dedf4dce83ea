import keras
import wandb
from wandb.integration.keras import WandbMetricsLogger, WandbModelCheckpoint

DEFAULTS = {"units": 64, "activation": "relu", "dropout": 0.2, "epochs": 5, "batch_size": 128}


def build(config):
    model = keras.Sequential(
        [
            keras.layers.Input((28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(config.units, activation=config.activation),
            keras.layers.Dropout(config.dropout),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def main():
    run = wandb.init(project="mnist")
    run.config.setdefaults(DEFAULTS)
    (x, y), test = keras.datasets.mnist.load_data()
    build(run.config).fit(
        x / 255,
        y,
        validation_data=test,
        epochs=run.config.epochs,
        batch_size=run.config.batch_size,
        callbacks=[WandbMetricsLogger(log_freq="epoch"), WandbModelCheckpoint("m.keras")],
    )


main()
