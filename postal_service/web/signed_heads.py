"""From a signed head of the ledger to what a paper says of it."""

from sqlalchemy.orm import Session

from postal_service.printing.signed_head import SignedHead
from postal_service.runtime import Runtime
from postal_service.services import signed_heads
from postal_service.services.signed_heads import Head


def newest(session: Session, runtime: Runtime) -> SignedHead | None:
    """The newest one, for a paper that is printed now."""
    head = signed_heads.newest(session, runtime.policy)
    return on_paper(head, runtime.settings.label_host) if head else None


def on_paper(head: Head, label_host: str) -> SignedHead:
    return SignedHead(
        size=head.size,
        root=head.root,
        signed_at=head.made_at,
        witnesses=head.witnesses,
        check_link=f"https://{label_host}/ledger/{head.size}",
    )
