"""A witness signs only a tree that begins with the last one it signed.

So the log, even with its own key in false hands, cannot tell two histories: two of three
independent offices would have to sign both. This is cosignature/v1 and the `add-checkpoint` call of
C2SP tlog-witness, without its HTTP: the witness's edge keeps `Seen` and sends `Declined.status`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from postal_service.ledger import base64_strict, checkpoint, notes, tree
from postal_service.ledger.checkpoint import Checkpoint
from postal_service.ledger.notes import NoteInvalid, NoteKey, Signature

MOST_PROOF_LINES = 63
SIZE_CONTENT_TYPE = "text/x.tlog.size"


class Declined(Exception):  # noqa: N818 - the witness declines; nothing failed
    """The witness does not sign. `status` and `body` are those of C2SP tlog-witness."""

    def __init__(self, status: int, why: str, body: str = "") -> None:
        super().__init__(why)
        self.status = status
        self.body = body or f"{why}\n"


@dataclass(frozen=True)
class Seen:
    """What a witness remembers of a log. It is kept before the cosignature is given away."""

    size: int = 0
    root: bytes = tree.EMPTY_ROOT


@dataclass(frozen=True)
class Request:
    """The body of an `add-checkpoint` call."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def __bytes__(self) -> bytes:
        proof = "".join(f"{base64_strict.write(each)}\n" for each in self.proof)
        return f"old {self.old}\n{proof}\n{self.note}".encode()


@dataclass(frozen=True)
class Policy:
    """Whom one believes about a log: its key, and how many of which witnesses."""

    log: NoteKey
    witnesses: tuple[NoteKey, ...]
    quorum: int

    def __post_init__(self) -> None:
        if not 0 <= self.quorum <= len(self.witnesses):
            raise ValueError(f"{self.quorum} of {len(self.witnesses)} witnesses can never be.")


def read_request(body: bytes) -> Request:
    """The body of an `add-checkpoint` call. Raises Declined with status 400."""
    try:
        above, parted, note = body.decode().partition("\n\n")
        first, *proof = above.split("\n")
        word, _, old = first.partition(" ")
        if word != "old" or not parted or not checkpoint.NUMBER.fullmatch(old):
            decline(400, "The first line is not the old size.")
        if len(proof) > MOST_PROOF_LINES:
            decline(400, f"A proof has at most {MOST_PROOF_LINES} lines.")
        return Request(int(old), tuple(base64_strict.read(each) for each in proof), note)
    except ValueError as fault:
        raise Declined(400, "The request is not in the form of tlog-witness.") from fault


def decline(status: int, why: str, body: str = "") -> NoReturn:
    raise Declined(status, why, body)


def cosign(
    request: Request,
    seen: Seen,
    *,
    log: NoteKey,
    name: str,
    private_key: Ed25519PrivateKey,
    at_seconds: int,
) -> tuple[Signature, Seen]:
    """The witness's line, and what it has to remember before it answers with it.

    The caller holds `seen` locked from here until the new one is kept. Raises Declined.
    """
    head = _believed(request, log)
    if request.old > head.size:
        decline(400, "The old size is larger than the new.")
    if request.old != seen.size:
        decline(409, "The witness has seen another size.", f"{seen.size}\n")
    if seen.size == head.size and seen.root != head.root:
        decline(409, "The witness has seen another root at this size.", f"{seen.size}\n")
    if seen.size == 0:
        if request.proof:
            decline(422, "From an empty tree nothing can be proved.")
    elif not tree.is_consistent(
        old=seen.size,
        new=head.size,
        old_root=seen.root,
        new_root=head.root,
        proof=request.proof,
    ):
        decline(422, "The tree does not begin with the one that the witness has seen.")
    line = notes.cosign(str(head), name, private_key, at_seconds=at_seconds)
    return line, Seen(head.size, head.root)


def read_answer(body: bytes, text: str, witnesses: Sequence[NoteKey]) -> dict[NoteKey, Signature]:
    """The cosignatures in a witness's answer that are true, by known witnesses. Others are left.

    Raises NoteInvalid when the answer cannot be read, or a known witness's line is false.
    """
    try:
        lines = notes.read_signatures(body.decode())
    except UnicodeDecodeError as fault:
        raise NoteInvalid("The answer is not text.") from fault
    return {key: line for line in lines for key in notes.signers_of(text, [line], witnesses)}


def believe(written: str, policy: Policy) -> Checkpoint:
    """The checkpoint of a note that the log and enough witnesses signed. Raises NoteInvalid."""
    note, signers = notes.believe(written, (policy.log, *policy.witnesses))
    if policy.log not in signers:
        raise NoteInvalid("The log did not sign this checkpoint.")
    standing = len({key.public for key in signers if key in policy.witnesses})
    if standing < policy.quorum:
        raise NoteInvalid(f"{standing} witnesses signed; {policy.quorum} are needed.")
    head = checkpoint.read(note.text)
    if head.origin != policy.log.name:
        raise NoteInvalid(f"This checkpoint is of another log, {head.origin}.")
    return head


def _believed(request: Request, log: NoteKey) -> Checkpoint:
    try:
        note = notes.read(request.note)
        head = checkpoint.read(note.text)
    except NoteInvalid as fault:
        raise Declined(400, str(fault)) from fault
    if head.origin != log.name:
        decline(404, "The log is not known here.")
    try:
        notes.believe(request.note, [log])
    except NoteInvalid as fault:
        raise Declined(403, str(fault)) from fault
    return head
