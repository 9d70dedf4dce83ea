import sys

from somelib.train import main

if __name__ == "__main__":
    sys.exit(main())
