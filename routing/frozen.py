"""A mapping that nobody can change afterwards, not even who holds the one it was made of."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FrozenMapping(Mapping[K, V]):
    """Holds a copy of its own; compared like any mapping, and can be sent to another process."""

    __slots__ = ("_held",)

    def __init__(self, given: Mapping[K, V]) -> None:
        self._held = dict(given)

    def __getitem__(self, key: K) -> V:
        return self._held[key]

    def get(self, key: K, default: Any = None) -> Any:  # noqa: ANN401
        """As of a dict, without the exception that `Mapping` takes the long way over."""
        return self._held.get(key, default)

    def __iter__(self) -> Iterator[K]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return repr(self._held)
