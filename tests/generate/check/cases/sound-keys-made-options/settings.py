def load(file, words):
    with open(file) as stream:
        return [*stream, *words]
