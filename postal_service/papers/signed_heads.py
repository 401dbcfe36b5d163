"""From a signed head of the ledger to what a paper says of it."""

from postal_service.printing.signed_head import SignedHead
from postal_service.services.signed_heads import Head


def on_paper(head: Head | None, label_host: str) -> SignedHead | None:
    """None stays none: the paper then says that the ledger was not signed yet."""
    if head is None:
        return None
    return SignedHead(
        size=head.size,
        root=head.root,
        signed_at=head.made_at,
        witnesses=head.witnesses,
        check_link=f"https://{label_host}/ledger/{head.size}",
    )
