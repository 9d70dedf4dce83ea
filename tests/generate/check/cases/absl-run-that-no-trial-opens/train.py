import wandb
from absl import app, flags

FLAGS = flags.FLAGS
flags.DEFINE_float("lr", 0.1, "The learning rate.")
flags.DEFINE_bool("track", False, "Whether to log.")


def main(argv):
    if FLAGS.track:
        wandb.init(config={"lr": FLAGS.lr})
    loss = FLAGS.lr
    if FLAGS.track:
        wandb.log({"loss": loss})


if __name__ == "__main__":
    app.run(main)
