from types import SimpleNamespace

stored = SimpleNamespace()
