import wandb
from tensorflow import keras
from wandb.keras import WandbCallback

run = wandb.init()
model = keras.Sequential([keras.layers.Dense(run.config.units)])
model.compile(optimizer="adam", loss="mse", metrics=["accuracy", keras.metrics.Precision()])
model.fit([[1.0]], [1.0], validation_data=([[1.0]], [1.0]), callbacks=[WandbCallback()])
