"""What no event of the ledger tells of a courier's day: his phone hears of it by a hash over all of it.

An empty envelope that was given out, a visit that moved, whom to ring for, what is still to be
collected: each makes another version, and the phone loads its day anew.
"""

import json
from collections.abc import Collection, Sequence
from hashlib import sha256

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.ids import DossierId, ItemId
from postal_service.services import charges, collecting
from postal_service.services.particulars import CorrectionState
from postal_service.storage.schema import (
    DelegationRow,
    ItemRow,
    ParticularsRow,
    PickupRow,
    RoundRow,
    StopItemRow,
    StopRow,
)


def of(
    session: Session,
    rows: Sequence[RoundRow],
    envelopes: Collection[ItemId],
    carried: Collection[ItemId],
    *,
    by: Actor,
) -> str:
    """The version of a day with these rounds; `carried` are their items and what the courier holds.

    What is only offered to him, or to all of his unit, is no part of it: he asks for no money there.
    """
    rounds = [row.id for row in rows]
    facts = sorted(
        [
            *_visits(session, rounds),
            *_people(session, rounds),
            *_to_collect(session, rounds, carried, by),
        ]
    )
    told = json.dumps([[[row.id, row.plan] for row in rows], sorted(envelopes), facts])
    return sha256(told.encode()).hexdigest()[:16]


def _visits(session: Session, rounds: Sequence[str]) -> list[str]:
    """What was promised at the doors of these rounds, or called off."""
    found = session.scalars(
        select(PickupRow)
        .join(StopItemRow, StopItemRow.reference == PickupRow.dossier)
        .where(StopItemRow.round.in_(rounds))
    )
    return [
        f"{row.dossier} {row.opens_at} {row.closes_at} {row.state == collecting.CALLED_OFF}"
        for row in found
    ]


def _people(session: Session, rounds: Sequence[str]) -> list[str]:
    """Who was named to receive there, and whose name, telephone or address was put right."""
    named = session.scalars(
        select(DelegationRow.id)
        .join(StopRow, StopRow.dossier == DelegationRow.dossier)
        .where(StopRow.round.in_(rounds))
    )
    put_right = session.scalars(
        select(ParticularsRow.id)
        .join(StopRow, StopRow.dossier == ParticularsRow.dossier)
        .where(StopRow.round.in_(rounds), ParticularsRow.state == CorrectionState.ACCEPTED.value)
    )
    return [
        *(f"delegation {number}" for number in named),
        *(f"correction {number}" for number in put_right),
    ]


def _to_collect(
    session: Session, rounds: Sequence[str], carried: Collection[ItemId], by: Actor
) -> list[str]:
    """What is still to be paid for the papers of this day.

    What the courier took himself stays in: it is no news to his phone, and a day loaded anew after
    each door would be a look at every home's people.
    """
    homes = select(StopRow.dossier).where(StopRow.round.in_(rounds), StopRow.dossier.is_not(None))
    papers = select(ItemRow.dossier).where(ItemRow.item.in_(carried), ItemRow.dossier.is_not(None))
    dossiers = {DossierId(each) for each in session.scalars(union(homes, papers)) if each}
    return [f"charge {each}" for each in charges.due_or_taken_by(session, dossiers, by.staff)]
