"""What follows when phones' events have arrived, or one was corrected: lines of the dossier that custody alone moves.

It looks at what is true after the arrival, not at single events, so that it does not matter which
phone was first. Every step is taken once.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.event import Event
from postal_service.domain.ids import ItemId
from postal_service.domain.refusals import Refusal
from postal_service.projections import evidence_uses
from postal_service.services import collecting, evidence, results

_Consequence = Callable[[Session, Collection[ItemId], datetime], object]
_log = logging.getLogger(__name__)


def after_arrival(
    session: Session, recorded: Sequence[Event], *, of_dossiers: Collection[ItemId], at: datetime
) -> None:
    """Move on what rests on custody: a collected dossier is posted, a delivered result returned;
    and keep no photo for a dossier that is erased.

    `of_dossiers` are those of their items that belong to a dossier.
    """
    moved = {event.item for event in recorded if event.moves_custody}.intersection(of_dossiers)
    if moved:
        _take_what_can_be_taken(session, _both, moved, at)
    # A phone that comes late may name a file of somebody who was erased meanwhile.
    evidence.forget(
        session, {name for each in recorded for name in evidence_uses.named_by(each.act)}
    )


def after_correction(session: Session, item: ItemId, *, by: Actor, at: datetime) -> None:
    """Take back what rested on an event that did not occur, and move on what rests on what is true now.

    `by` checked the correction.
    """

    def delivered(session: Session, items: Collection[ItemId], at: datetime) -> None:
        results.note_delivered(session, items, corrected_by=by, at=at)

    collecting.note_not_collected(session, [item], by=by, at=at)
    for follow in (_collected, delivered):
        _take_what_can_be_taken(session, follow, [item], at)


def _take_what_can_be_taken(
    session: Session, follow: _Consequence, items: Collection[ItemId], at: datetime
) -> None:
    """A dossier that cannot move on (a year without a calendar) must not keep events out.

    The phone would send the same batch for ever. What is left undone is logged; the dossier still
    stands where it stood, and its alarms still ring.
    """
    try:
        with session.begin_nested():
            follow(session, items, at)
    except Refusal as refusal:
        if follow is _both:
            for each in (_collected, _delivered):
                _take_what_can_be_taken(session, each, items, at)
        elif len(items) == 1:
            _log.warning("%s does not move on: %s", next(iter(items)), refusal)
        else:
            for item in sorted(items):
                _take_what_can_be_taken(session, follow, [item], at)


def _both(session: Session, items: Collection[ItemId], at: datetime) -> None:
    _collected(session, items, at)
    _delivered(session, items, at)


def _collected(session: Session, items: Collection[ItemId], at: datetime) -> None:
    collecting.note_collected(session, items, at=at)


def _delivered(session: Session, items: Collection[ItemId], at: datetime) -> None:
    results.note_delivered(session, items, at=at)
