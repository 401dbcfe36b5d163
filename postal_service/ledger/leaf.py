"""A leaf: the signed event, when it came, and its place among the events of its item."""

from base64 import b64encode

NO_LEAF = bytes(32)  # stands before an item's first leaf


def leaf(
    body: bytes, signature: bytes, *, item_sequence: int, item_previous: bytes, received_ms: int
) -> bytes:
    """The leaf's bytes; see docs/event-format.md, Leaf.

    Written out, since base64, hex and numbers need no escaping and their keys are sorted already:
    these are the bytes that `encoding.canonical` gives, at a tenth of its time.
    """
    return b'{"event":"%b","iprev":"%b","iseq":%d,"rx":%d,"sig":"%b"}' % (
        b64encode(body),
        item_previous.hex().encode(),
        item_sequence,
        received_ms,
        b64encode(signature),
    )
