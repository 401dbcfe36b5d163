"""Why the agency asked, in words."""

from postal_service.services.administrative import SupplementReason
from postal_service.web.labels import word


def reason_word(reason: str) -> str:
    """The word of a reason; an imported request's own word stands for itself."""
    known = next((each for each in SupplementReason if each.value == reason), None)
    return word(known) if known else reason
