"""The tests that are marked `long`: each takes long and says little more than its neighbours."""

from __future__ import annotations

import sys

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main(["-m", "long", "-n", "2", "--no-header", "-q"]))
