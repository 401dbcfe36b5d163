"""Who received in another's place, and by which paper: what the event of it binds and never says."""

from dataclasses import dataclass, field

from postal_service.domain.identity import Entitlement
from postal_service.domain.persons import LONGEST_NAME, BadName
from postal_service.domain.refusals import Malformed
from postal_service.domain.text import tidy

LONGEST_PAPER = 120


class BadPaper(Malformed):
    """The number or the day of a paper; not repeated, since it can hold a name."""

    code = "receiver.bad_paper"


@dataclass(frozen=True, kw_only=True)
class ReceivedBy:
    """Whoever took it, as he showed himself, and his letter of authorisation or introduction."""

    name: str = field(repr=False)
    paper: str = field(repr=False)  # its number or day

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= LONGEST_NAME or self.name != tidy(self.name):
            raise BadName(length=len(self.name))
        if not 0 < len(self.paper) <= LONGEST_PAPER or self.paper != tidy(self.paper):
            raise BadPaper(length=len(self.paper), most=LONGEST_PAPER)

    @property
    def content(self) -> dict[str, str]:
        """What the commitment is made of."""
        return {"name": self.name, "paper": self.paper}


def read_received(claimed: Entitlement) -> ReceivedBy:
    """As it was typed. Raises BadName or BadPaper."""
    return ReceivedBy(
        name=tidy(claimed.name[: LONGEST_NAME + 1]), paper=tidy(claimed.paper[: LONGEST_PAPER + 1])
    )
