class Settings:
    momentum = 0.9

    def __init__(self, args):
        for name in dir(args):
            if not name.startswith("_"):
                setattr(self, name, getattr(args, name))

    def as_dict(self):
        return dict(vars(self))

    def steps_of(self, what):
        return getattr(self, f"{what}_steps")
