from absl import app, flags
import wandb
FLAGS = flags.FLAGS
flags.DEFINE_float("lr", 0.1, "rate")
flags.DEFINE_integer("width", 2, "w")
def main(_):
    run = wandb.init(config=FLAGS.flag_values_dict())
    run.log({"val_loss": FLAGS.lr * FLAGS.width})
if __name__ == "__main__":
    app.run(main)
