import os

__path__.append(os.environ["SETTINGS"])
