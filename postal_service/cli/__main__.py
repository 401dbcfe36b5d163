"""`python -m postal_service.cli` is `postal`."""

import sys

from postal_service.cli import main

sys.exit(main())
