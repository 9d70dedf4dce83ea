from absl.flags import FLAGS, DEFINE_float, DEFINE_list

DEFINE_float("drop", 0.1, "Dropout.")
_SIZES = DEFINE_list("sizes", ["4"], "The widths.")


def width():
    return len(_SIZES.value) * FLAGS.drop
