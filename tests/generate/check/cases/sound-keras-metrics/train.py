import wandb
from tensorflow import keras
from wandb.keras import WandbCallback

run = wandb.init()
inputs = keras.Input((1,))
outputs = {name: keras.layers.Dense(run.config.units, name=name)(inputs) for name in "ab"}
model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="mse", metrics=["accuracy"])
model.fit([[1.0]], [1.0], validation_data=([[1.0]], [1.0]), callbacks=[WandbCallback()])
