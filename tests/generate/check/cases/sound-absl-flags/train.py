import wandb
from absl import app, flags

import nets

FLAGS = flags.FLAGS
flags.DEFINE_float("lr", 0.1, "The learning rate.")
flags.DEFINE_integer("layers", 2, "How many.")
flags.DEFINE_enum("opt", "adam", ["adam", "sgd"], "The optimizer.")
flags.DEFINE_bool("amp", False, "Half precision.")
flags.DEFINE_string("data", None, "Where the data is.")
flags.mark_flags_as_required(["data"])


def main(argv):
    del argv
    with wandb.init(config=FLAGS):
        loss = FLAGS.lr * FLAGS.layers * len(FLAGS.opt) + FLAGS.amp * nets.width()
        wandb.log({"loss": loss, "rows": len(FLAGS.data)})


if __name__ == "__main__":
    app.run(main)
