import wandb
from absl import app, flags

FLAGS = flags.FLAGS
flags.DEFINE_float("lr", 0.1, "The learning rate.")
LAYERS = flags.DEFINE_integer("layers", 2, "How many.")
flags.DEFINE_enum("opt", "adam", ["adam", "sgd"], "The optimizer.")
flags.DEFINE_float("drop", 0.1, "Dropout.")
flags.DEFINE_integer("depth", 1, "Read by its holder alone.")
flags.DEFINE_bool("amp", False, "Half precision.")
flags.DEFINE_bool("wandb", True, "Whether to log.")
flags.DEFINE_string("data", None, "Where the data is.", required=True)
flags.DEFINE_string("split", None, "Which part of it.")
flags.mark_flag_as_required("split")


def main(argv):
    if FLAGS.wandb:
        wandb.init(config=FLAGS.flag_values_dict())
    loss = FLAGS.lr * LAYERS.value * len(FLAGS.opt) * FLAGS["depth"].value
    wandb.log({"loss": loss + FLAGS.amp})


if __name__ == "__main__":
    app.run(main)
