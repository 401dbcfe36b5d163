"""The lines of a dossier that are not custody. The four lines are never merged into one status."""

from enum import StrEnum


class Administrative(StrEnum):
    """How far the agency is."""

    REQUESTED = "requested"  # the citizen asked the post to come
    POSTED = "posted"  # the post has it; the legal clock does not run yet
    RECEIVED = "received"  # the agency accepted it: the legal clock runs
    SUPPLEMENT = "supplement"  # waits for the citizen: the clock stands still
    FINANCIAL_DUTY = "financial_duty"  # waits for a tax or fee: the clock stands still
    REFUSED = "refused"
    DISCONTINUED = "discontinued"
    RESOLVED = "resolved"
    RETURNED = "returned"  # the citizen has the result
    WITHDRAWN = "withdrawn"


CLOCK_STOPPED = frozenset({Administrative.SUPPLEMENT, Administrative.FINANCIAL_DUTY})


class Money(StrEnum):
    NONE = "none"
    DUE = "due"
    PAID = "paid"
    EXEMPT = "exempt"


class Digitisation(StrEnum):
    NONE = "none"
    PARTIAL = "partial"
    COMPLETE = "complete"


class Channel(StrEnum):
    DIRECT = "direct"
    ONLINE = "online"
    POST = "post"
