"""`python -m postal_service.printing OUTDIR` writes one specimen of every paper into a folder."""

import sys
from collections.abc import Sequence
from pathlib import Path

from postal_service.printing.specimens import specimens


def main(arguments: Sequence[str]) -> int:
    """Write the specimens; 2 is the exit status when the folder is missing from the call."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python -m postal_service.printing OUTDIR", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, pdf in specimens().items():
        path = folder / f"{name}.pdf"
        path.write_bytes(pdf)
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
