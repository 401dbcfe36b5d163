"""An item as a phone sees it, with or without a custody so far."""

from postal_service.services.rounds_reading import Package

NOT_ACCEPTED = "C0"  # with the citizen


def package_of(package: Package) -> dict[str, object]:
    """Flat, and every key always there, so that a phone has one shape to store."""
    known = package.standing
    holder = known.holder if known else None
    offered = known.offered if known else None
    half = package.offer
    return {
        "item": package.item,
        "leg": package.leg,
        "token": package.token,
        "state": known.state.value if known else NOT_ACCEPTED,
        "holder": holder.staff if holder else "",
        "holder_unit": holder.unit if holder else "",
        "custody": known.custody if known else "",
        "destination": known.destination if known else "",
        "counts": known.counts if known else {"originals": 0, "certified": 0, "photocopies": 0},
        "condition": known.condition.value if known else "ok",
        "seal": known.seal if known else "",
        "lock": known.lock if known else "",
        "rotation": known.rotation if known else 0,
        "offer": offered.event if offered else "",
        "offer_giver": half.giver if half else "",
        "offer_digest": half.digest if half else "",
        "offer_signature": half.signature if half else "",
        "batch": offered.batch if offered else "",
        "troubles": sorted(known.troubles) if known else [],
        "round": known.round if known else "",
        "attempts": known.attempts if known else 0,
        "returning": known.returning if known else False,
    }
