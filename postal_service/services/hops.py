"""A dossier's way from hand to hand: every change of custody that counts, beside the date that bound at its moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from postal_service.domain.acts import Leg
from postal_service.domain.administrative import Step
from postal_service.domain.ids import ItemId
from postal_service.domain.timeliness import Timeliness, due_in_force, timeliness
from postal_service.projections.timelines import Moment


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One change of hands, judged by when it happened and not by a phone's clock alone."""

    moment: Moment
    leg: Leg | None  # none: the item's standing is not known
    standing: Timeliness


def hops(
    moments: Iterable[Moment], steps: Sequence[Step], legs: Mapping[ItemId, Leg]
) -> tuple[Hop, ...]:
    """The hops in the order in which they happened; what did not count or was corrected is none."""
    moved = [
        each for each in moments if each.moves_custody and not each.verdict and not each.corrected
    ]
    return tuple(
        Hop(
            moment=each,
            leg=legs.get(each.item),
            standing=timeliness(each.happened_at, due_in_force(steps, each.happened_at)),
        )
        for each in sorted(moved, key=lambda each: (each.happened_at, each.index))
    )
