import wandb
from tensorflow import keras
from wandb.integration.keras import WandbMetricsLogger, WandbModelCheckpoint

run = wandb.init()
metrics = [keras.metrics.AUC(name="auc")]
model = keras.Sequential([keras.layers.Dense(run.config.units)])
model.compile("adam", "mse", metrics)
callbacks = [WandbMetricsLogger(), WandbModelCheckpoint("models")]
model.fit([[1.0]], [1.0], validation_split=0.5, callbacks=callbacks)
