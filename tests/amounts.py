"""How often each promise about custody is tried: with every commit, and in the long run.

`make test-long` sets POSTAL_TESTS=long and runs the tests that count here (`-m long`). What the long
runs found stands in docs/benchmarks/custody.md.
"""

import os

VARIABLE = "POSTAL_TESTS"


def _amount(commit: int, *, long: int) -> int:
    chosen = os.environ.get(VARIABLE, "")
    if chosen not in {"", "long"}:
        raise ValueError(f"{VARIABLE} is {chosen!r}; leave it unset, or say 'long'.")
    return long if chosen else commit


# tests/faults/test_kill.py: kill -9 of the server under load, on each database.
KILLS = _amount(50, long=1_000)
# tests/faults/test_full_disk.py: places in the file at which the disk is full.
FULL_DISKS = _amount(50, long=2_000)
# tests/faults/test_failing_disk.py: writes and flushes that the disk refuses, or loses with the power.
DISK_FAULTS = _amount(60, long=2_000)
# tests/services/test_schedules.py: duplicated, reordered, late, truncated batches, on each database.
SCHEDULES = _amount(1_000, long=50_000)
# tests/properties/test_custody_machine.py: lives of an item against the rules, and acts of each.
LIVES, ACTS = _amount(400, long=10_000), _amount(40, long=60)
# tests/ledger/test_tampering.py: changes to an exported ledger, and those of who has the log's key.
CHANGES, INSIDERS = _amount(5_000, long=100_000), _amount(400, long=20_000)
# tests/mobile_api/test_contract.py: right and as many wrong requests for each of 27 operations, on
# each database: 5,000 and 200,000 in all. What they may do is asked once more without the token.
REQUESTS = _amount(47, long=1_852)
# tests/faults/test_contention.py: items that many reach for, and how many reach, on each database.
ITEMS, HANDS = _amount(200, long=5_000), 16
