import yaml


class Settings:
    def __init__(self, width):
        self.width = width

    @classmethod
    def from_yaml(cls, path):
        with open(path) as file:
            return cls(**yaml.safe_load(file))

    @classmethod
    def from_file_or_defaults(cls, path):
        try:
            return cls.from_yaml(path)
        except FileNotFoundError:
            return cls(8)
