"""An item as a phone sees it, with or without a custody so far."""

from postal_service.domain.custody import Standing
from postal_service.services.courier_shift import Package

NOT_ACCEPTED = "C0"  # with the citizen
NO_PAPERS = {"originals": 0, "certified": 0, "photocopies": 0}


def package_of(package: Package) -> dict[str, object]:
    """Flat, and every key always there, so that a phone has one shape to store."""
    known = package.standing
    told = _held(known) if known else _awaited(package)
    offer = package.offer
    return {
        "item": package.item,
        "leg": package.leg,
        "token": package.token,
        **told,
        "offer_giver": offer.giver if offer else "",
        "offer_digest": offer.digest if offer else "",
        "offer_signature": offer.signature if offer else "",
        "charges": package.charges,
        "collect_back": package.collect_back,
        "return_envelope": package.return_envelope,
        "goes_with": package.goes_with,
    }


def _held(known: Standing) -> dict[str, object]:
    holder, offered = known.holder, known.offered
    return {
        "state": known.state.value,
        "holder": holder.staff if holder else "",
        "holder_unit": holder.unit if holder else "",
        "custody": known.custody,
        "destination": known.destination,
        "counts": known.counts,
        "condition": known.condition.value,
        "seal": known.seal,
        "lock": known.lock,
        "rotation": known.rotation,
        "result_item": "",
        "offer": offered.event if offered else "",
        "batch": offered.batch if offered else "",
        "troubles": sorted(known.troubles),
        "round": known.round,
        "attempts": known.attempts,
        "agreed_for": known.agreed_for,
        "returning": known.returning,
    }


def _awaited(package: Package) -> dict[str, object]:
    """Still with the citizen: what the acceptance at the door will say."""
    expected = package.expected
    return {
        "state": NOT_ACCEPTED,
        "holder": "",
        "holder_unit": "",
        "custody": "",
        "destination": package.destination,
        "counts": expected.counts if expected else NO_PAPERS,
        "condition": "ok",
        "seal": "",
        "lock": expected.lock if expected else "",
        "rotation": 0,
        "result_item": (expected.result_item or "") if expected else "",
        "offer": "",
        "batch": "",
        "troubles": [],
        "round": "",
        "attempts": 0,
        "agreed_for": "",
        "returning": False,
    }
