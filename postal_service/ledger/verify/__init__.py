"""Check an exported ledger with nothing but the file, the public keys and this folder of code.

    python -m postal_service.ledger.verify LEDGER KEYS [--known SIZE ROOT] [--workers N]

It shares no code with the program that writes the ledger, so that one mistake cannot hide in both;
copied alone to another machine it runs there: `python -m verify …` where the folder lies (needs
`cryptography`). Its modules therefore name each other from where they stand, and nothing above them.
The formats are those of docs/event-format.md, RFC 6962, RFC 8785 and C2SP's notes, checkpoints and
cosignatures. Exit status: 0 valid, 1 broken (says where and why), 2 the input cannot be read.
What it must remember of each event lies in a temporary file, so that memory does not follow the
ledger. The file takes an eighth of the room of the ledger, where SQLite puts it (SQLITE_TMPDIR).

A file that ends early, at an older checkpoint, is whole in itself. Only who knows a later one, from a
witness, a paper or an earlier check, can tell: `--known` is its size and root, and may be given again.

*Broken* is what an honest ledger never holds: other bytes than were signed, a gap, a false root.
What a device alone can cause by signing nonsense is a *finding*, which the ledger records on purpose
and a person looks at: a custody spent twice, a delivery code that opens no lock, a delivery of what is not for a citizen, an event that rests
on one that never came, a hand-over of which one person signed both halves, a checkpoint seen by a device
and unknown here (a sign of two histories), what a head of unit let in though its device was revoked and nobody had signed it with that device,
a witness of a second seal who is its maker, a signature under a checkpoint that the file of keys does not know, and times that cannot all be true: of a device against what
it had seen, what else it told since it was switched on and when we heard of it, of our own against the order of the ledger and the witnesses' clocks.

To read it, begin with `file.py` (the file from its first line to its last) and `ledger.py` (what is
asked of each leaf, in order); the others hold one rule each.
"""

from .answer import Broken, Finding, Unreadable, Verdict
from .command import add_options, main
from .deliveries import NOT_FOR_A_CITIZEN
from .devices import ALONE, SHARED_KEY
from .file import Known, verify
from .handovers import ONE_PERSON
from .notes import STRANGER
from .tellers import OWN_WITNESS
from .times import (
    AFTER_IT_WAS_SIGNED,
    BEFORE_WHAT_IT_FOLLOWS,
    COUNTS_BACKWARDS,
    LATER_THAN_IT_CAN_BE,
    OLDER_THAN_IT_CAN_BE,
    TOLD_BEFORE_IT_WAS,
    TOO_LITTLE_TIME,
)

__all__ = [
    "AFTER_IT_WAS_SIGNED",
    "ALONE",
    "BEFORE_WHAT_IT_FOLLOWS",
    "COUNTS_BACKWARDS",
    "LATER_THAN_IT_CAN_BE",
    "NOT_FOR_A_CITIZEN",
    "OLDER_THAN_IT_CAN_BE",
    "ONE_PERSON",
    "OWN_WITNESS",
    "SHARED_KEY",
    "STRANGER",
    "TOLD_BEFORE_IT_WAS",
    "TOO_LITTLE_TIME",
    "Broken",
    "Finding",
    "Known",
    "Unreadable",
    "Verdict",
    "add_options",
    "main",
    "verify",
]
