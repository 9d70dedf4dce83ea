import wandb
from tensorflow import keras
from wandb.keras import WandbCallback

run = wandb.init()
model = keras.Sequential([keras.layers.Dense(run.config.units)])
model.compile(optimizer="adam", loss="mse", metrics=["accuracy"])
model.fit([[1.0]], [1.0], 8, 1, callbacks=[WandbCallback()])
model.fit([[1.0]], [1.0], 8, 3, "auto", [WandbCallback()], 0.2)
