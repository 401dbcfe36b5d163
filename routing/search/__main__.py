"""Compile the kernels now, so that the first plan does not wait: `python -m routing.search`."""

import time

from routing.search.engine import warm_up

started = time.monotonic()
fresh = warm_up()
print(f"{'compiled' if fresh else 'loaded'} in {time.monotonic() - started:.1f} s")
