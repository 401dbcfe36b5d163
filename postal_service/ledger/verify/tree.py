"""The Merkle tree of RFC 6962: what a root says of all that lies under it."""

from hashlib import sha256


class Tree:
    """It grows by one leaf at a time and keeps only its right edge."""

    def __init__(self) -> None:
        self.size = 0
        self.edge: list[bytes] = []

    @property
    def root(self) -> bytes:
        root = self.edge[-1] if self.edge else sha256().digest()
        for left in reversed(self.edge[:-1]):
            root = sha256(b"\1" + left + root).digest()
        return root

    def add(self, hashed: bytes) -> None:
        size = self.size
        while size & 1:
            hashed = sha256(b"\1" + self.edge.pop() + hashed).digest()
            size >>= 1
        self.edge.append(hashed)
        self.size += 1


def leaf_hash(line: bytes) -> bytes:
    return sha256(b"\0" + line).digest()


def folded(leaf: bytes, place: int, count: int, path: list[bytes]) -> bytes:
    """The root over so many leaves (RFC 6962, 2.1.1), or nothing when the path does not fit."""
    if count == 1 or not path:
        return leaf if count == 1 and not path else b""
    left = 1 << (count - 1).bit_length() - 1
    if place < left:
        return sha256(b"\1" + folded(leaf, place, left, path[:-1]) + path[-1]).digest()
    under = folded(leaf, place - left, count - left, path[:-1])
    return sha256(b"\1" + path[-1] + under).digest()
