"""The four ways to prove who receives, in the order in which they should be tried."""

from enum import StrEnum

from postal_service.domain.refusals import RuleBroken


class Means(StrEnum):
    CODE = "code"
    MESSAGE = "message"
    CARD = "card"
    OVERRIDE = "override"


class NotThisItem(RuleBroken):
    """The delivery code belongs to another item."""

    code = "delivery.other_item"
