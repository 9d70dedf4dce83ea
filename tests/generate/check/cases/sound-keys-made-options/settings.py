import gin


def load(file, words):
    gin.parse_config_files_and_bindings([file], words)
