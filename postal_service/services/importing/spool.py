"""Records that were read once wait on disk until they are saved, so that no cell is read twice.

They are people's data: sealed under a key that this process alone holds, in a file without a name.
"""

import os
import pickle
from array import array
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_LENGTH_BYTES, _NONCE_BYTES = 8, 12


class Spool:
    """Use it in a `with` block; what it holds is gone after it. Batches come back as they were put in."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._begins = array("Q")  # of each batch, in the file
        self.records = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _fault: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, records: Sequence[Any]) -> None:
        """One more batch."""
        told = pickle.dumps(list(records), protocol=pickle.HIGHEST_PROTOCOL)
        # The key seals this one file, so the number of the batch never comes twice.
        sealed = self._cipher.encrypt(self._nonce(len(self._begins)), told, None)
        self._begins.append(self._file.seek(0, os.SEEK_END))
        self._file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big"))
        self._file.write(sealed)
        self.records += len(records)

    def batches(self) -> Iterator[list[Any]]:
        """Every batch, in order, one in memory at a time."""
        for number in range(len(self._begins)):
            yield self.batch(number)

    def batch(self, number: int) -> list[Any]:
        """The batch that was put in as the number-th, from 0. Raises IndexError."""
        self._file.seek(self._begins[number])
        length = int.from_bytes(self._file.read(_LENGTH_BYTES), "big")
        told = self._cipher.decrypt(self._nonce(number), self._file.read(length), None)
        # Nobody else could have sealed what is read here.
        found: list[Any] = pickle.loads(told)  # noqa: S301
        return found

    @staticmethod
    def _nonce(number: int) -> bytes:
        return number.to_bytes(_NONCE_BYTES, "big")
