"""A proof on one sheet that an event is in the ledger, for citizens and courts (C2SP tlog-proof).

It carries the leaf itself, the way from it to a root, and the checkpoint that the log and the
witnesses signed. Whoever holds the public keys can check it without asking us.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from postal_service.ledger import base64_strict, reading, tree, witness
from postal_service.ledger.checkpoint import NUMBER, Checkpoint, Kept
from postal_service.ledger.notes import NoteInvalid
from postal_service.ledger.reading import Recorded
from postal_service.ledger.witness import Policy

HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Proof:
    leaf: bytes
    index: int
    hashes: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        extra = base64_strict.write(self.leaf)
        hashes = "".join(f"{base64_strict.write(each)}\n" for each in self.hashes)
        return f"{HEADER}\nextra {extra}\nindex {self.index}\n{hashes}\n{self.note}"


def of(session: Session, recorded: Recorded, kept: Kept) -> Proof:
    """The proof of one leaf under a checkpoint that is large enough; else ValueError."""
    hashes = reading.inclusion(session, recorded.index, kept.size)
    return Proof(recorded.leaf, recorded.index, tuple(hashes), kept.note)


def read(written: str) -> Proof:
    """A proof as it is written; nothing is believed yet. Raises NoteInvalid."""
    above, parted, note = written.partition("\n\n")
    header, *lines = above.split("\n")
    try:
        extra, index, *hashes = lines
        if header != HEADER or not parted:
            raise NoteInvalid("This is not a proof.")
        said = index.removeprefix("index ")
        if not extra.startswith("extra ") or index != f"index {said}" or not NUMBER.fullmatch(said):
            raise NoteInvalid("The proof does not tell leaf and index.")
        found = base64_strict.read(extra.removeprefix("extra "))
        return Proof(found, int(said), tuple(map(base64_strict.read, hashes)), note)
    except ValueError as fault:
        raise NoteInvalid("The proof cannot be read.") from fault


def believe(proof: Proof, policy: Policy) -> Checkpoint:
    """The checkpoint under which the proof's leaf is in the ledger. Raises NoteInvalid."""
    head = witness.believe(proof.note, policy)
    if not tree.is_included(
        tree.leaf_hash(proof.leaf),
        index=proof.index,
        size=head.size,
        proof=proof.hashes,
        root=head.root,
    ):
        raise NoteInvalid("The leaf is not in the tree that was signed.")
    return head
