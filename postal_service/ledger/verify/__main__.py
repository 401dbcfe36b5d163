"""`python -m` of this folder, in the project or copied alone."""

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main())
