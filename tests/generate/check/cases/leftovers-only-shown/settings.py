import json


class Settings:
    lr = 0.1


def load(file):
    settings = Settings()
    with open(file) as stream:
        for name, value in json.load(stream).items():
            setattr(settings, name, value)
    return settings
