"""The server that the tests end by force: both apps, as `postal serve` composes them, in a process of its own.

Its settings come from the environment as an operator's do. Only the rate limits are those of the
demo, because all phones of a test live at one address.
"""

import logging
import sys
from dataclasses import replace

from postal_service.cli.serving import serve
from postal_service.runtime import start
from postal_service.settings import from_environment

if __name__ == "__main__":
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # more phones than threads is meant
    serve(start(replace(from_environment(), demo=True)), host="127.0.0.1", port=int(sys.argv[1]))
