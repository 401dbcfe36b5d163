"""A bag's manifest and label. Always Vietnamese, whatever the screen speaks."""

from postal_service.printing import bag_label, bag_manifest
from postal_service.printing.bag_label import BagLabel
from postal_service.printing.bag_manifest import BaggedItem, BagManifest
from postal_service.printing.signed_head import SignedHead
from postal_service.services.bags import BagView
from postal_service.web.language import say
from postal_service.web.papers import OPERATOR, Printable
from postal_service.web.receptions.slips import BY_HAND


def printables(view: BagView, head: SignedHead | None) -> list[Printable]:
    """Both papers of a bag as it was sealed; `head` is the ledger's at this moment."""
    bag, names = view.standing, view.names
    run = view.run or BY_HAND
    manifest = BagManifest(
        number=bag.item,
        bag_code=bag.item,
        dispatch_number=run,
        operator_name=OPERATOR,
        from_office=names.unit(view.origin),
        to_office=names.unit(bag.destination),
        place=names.unit(view.origin),
        seal_number=bag.seal,
        items=tuple(
            BaggedItem(
                item_code=line.standing.item,
                seal_number=line.standing.seal,
                destination=names.unit(line.standing.destination),
            )
            for line in view.manifest
        ),
        closed_at=view.closed_at,
        packer_name=names.person(view.packer),
        head=head,
    )
    label = BagLabel(
        bag_code=bag.item,
        dispatch_number=run,
        from_office=names.unit(view.origin),
        to_office=names.unit(bag.destination),
        seal_number=bag.seal,
        item_count=len(view.manifest),
        weight_grams=None,
        closed_at=view.closed_at,
    )
    return [
        Printable(say("Bản kê đóng túi"), f"{bag.item}-ban-ke.pdf", bag_manifest.render(manifest)),
        Printable(say("Nhãn túi thư"), f"{bag.item}-nhan-tui.pdf", bag_label.render(label)),
    ]
