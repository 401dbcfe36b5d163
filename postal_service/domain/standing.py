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
    # He has his papers back, and this is why there is no result.
    REFUSED_RETURNED = "refused_returned"
    DISCONTINUED_RETURNED = "discontinued_returned"
    WITHDRAWN = "withdrawn"


# The citizen has what there was for him.
GIVEN_OUT = frozenset(
    {
        Administrative.RETURNED,
        Administrative.REFUSED_RETURNED,
        Administrative.DISCONTINUED_RETURNED,
    }
)
# There is no result: what goes to the citizen are the papers that he handed in (docs/adr/0024).
GIVES_BACK = frozenset(
    {
        Administrative.REFUSED,
        Administrative.DISCONTINUED,
        Administrative.REFUSED_RETURNED,
        Administrative.DISCONTINUED_RETURNED,
    }
)
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
