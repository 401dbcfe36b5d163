"""What lies on the table between two couriers without a network: an offer is countersigned for exactly that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from postal_service.domain.acts import Capacity, Condition, Counts, Handover
from postal_service.domain.ids import EventId, ItemId
from postal_service.ledger import base64_strict, offers
from postal_service.ledger.offers import OfferCode, Package


class OfferDoesNotMatchError(RuntimeError):
    """What the other phone shows is not signed by a colleague, or not what lies on the table."""


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A sealed package as two couriers see it on the table."""

    item: ItemId
    seal: str
    counts: Counts


def on_the_table(parcels: Sequence[Parcel], custody: Mapping[ItemId, EventId]) -> list[Package]:
    """These parcels as an offer names them; `custody` has the giver's event for each."""
    return [
        Package(item=each.item, custody=custody[each.item], seal=each.seal, counts=each.counts)
        for each in parcels
    ]


def agreed(
    code: OfferCode,
    parcels: Sequence[Parcel],
    custody: Mapping[ItemId, EventId],
    giver_key: tuple[str, bytes] | None,
) -> list[Package]:
    """The packages, if a colleague signed for exactly these parcels. Raises OfferDoesNotMatchError.

    `giver_key` is his algorithm and key; None where the manifest does not know him.
    """
    if giver_key is None or not offers.is_true(code, *giver_key):
        raise OfferDoesNotMatchError("The offer is not signed by a known colleague.")
    packages = on_the_table(parcels, custody)
    if (code.count, code.manifest) != (len(packages), offers.root_of(packages)):
        raise OfferDoesNotMatchError("What is offered is not what lies on the table.")
    return packages


def countersigned(code: OfferCode, package: Package, packages: Sequence[Package]) -> Handover:
    """The act by which one of the packages is taken over."""
    place, path = offers.way_to(package, packages)
    return Handover(
        capacity=Capacity.COURIER,
        counts=package.counts,
        condition=Condition.OK,
        seal=package.seal,
        giver=code.device,
        offer=code.digest,
        offer_signature=base64_strict.write(code.signature),
        offer_code=base64_strict.write(bytes(code)),
        offer_place=place,
        offer_path=path,
    )
