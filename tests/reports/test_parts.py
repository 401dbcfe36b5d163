"""Whatever happened wherever: what the parts tell adds up to what the whole tells."""

from datetime import date, timedelta
from functools import reduce
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from postal_service.domain.acts import Leg
from postal_service.domain.custody import State
from postal_service.domain.ids import UnitCode
from postal_service.reports import Figures, Period, Report, make
from postal_service.reports.adding import added
from postal_service.reports.dossiers import Dossiers
from tests.reports import rows
from tests.services import world as w
from tests.services.world import World

NOVEMBER = Period(first=date(2026, 11, 1), last=date(2026, 11, 30))
NOW = w.MORNING + timedelta(hours=3)
OFFICES = (w.OFFICE, w.FAR_OFFICE, w.OPERATOR)
DESKS = (w.DESK, w.FAR_DESK)

Drawn = list[tuple[Any, ...]]  # of each kind of row, what hypothesis drew for its columns

moments = st.integers(-60 * 24, 30 * 24).map(lambda hours: w.MORNING + timedelta(hours=hours))
offices, desks = st.sampled_from(OFFICES), st.sampled_from(DESKS)
dossiers = st.tuples(
    moments, st.none() | moments, st.none() | moments, st.none() | offices, desks, st.booleans(),
    st.sampled_from(["received", "supplement", "resolved", "withdrawn"]),
)  # fmt: skip
items = st.tuples(
    st.sampled_from([(Leg.IN, State.WITH_AGENCY), (Leg.OUT, State.DELIVERED), (Leg.OUT, State.HELD)]),
    moments, st.integers(0, 200), st.integers(0, 2), offices, offices,
)  # fmt: skip
charges = st.tuples(st.integers(0, 10**9), offices | desks, st.sampled_from(["paid", "handed_in"]))
published = st.tuples(offices, st.integers(0, 70), st.integers(0, 10**6))


def write(
    session: Session,
    world: World,
    told: tuple[Drawn, Drawn, Drawn, Drawn],
) -> None:  # fmt: skip
    written, carried, paid, ridden = told
    for received, due, settled, helped, desk, home, state in written:
        rows.dossier(
            session, world, received=received, due=due, settled=settled, helped=helped, desk=desk,
            home=home, state=state,
        )  # fmt: skip
    for (leg, state), began, hours, attempts, origin, destination in carried:
        ended = began + timedelta(hours=hours)
        last = {State.WITH_AGENCY: "handover", State.DELIVERED: "deliver"}.get(state, "attempt")
        holder = ("s-counter", destination) if state is State.HELD else ("", "")
        rows.item(
            session, leg=leg, state=state, told=[("accept", began), (last, ended)],
            origin=origin, destination=destination, attempts=attempts,
            holder=holder[0], unit=holder[1],
        )  # fmt: skip
    rows.write_ledger(session)
    of = rows.dossier(session, world, received=None)
    for dong, unit, until in paid:
        steps = ["due", "paid", "handed_in"]
        rows.money(session, of, *steps[: steps.index(str(until)) + 1], dong=dong, unit=unit)
    for office, days, metres in ridden:
        day = date(2026, 10, 1) + timedelta(days=days)
        rows.planned(session, office=office, day=day, metres=metres)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.tuples(
        st.lists(dossiers, max_size=12), st.lists(items, max_size=10),
        st.lists(charges, max_size=6), st.lists(published, max_size=6),
    )
)  # fmt: skip
def test_children_add_up_to_their_parent(
    session: Session,
    world: World,
    told: tuple[Drawn, Drawn, Drawn, Drawn],
) -> None:  # fmt: skip
    inner = session.begin_nested()
    write(session, world, told)

    def of(unit: UnitCode) -> Report:
        return make(session, unit, NOVEMBER, by=world.auditor, at=NOW)

    whole = of(w.PROVINCE)
    children = [of(each) for each in (w.COMMUNE, w.FAR_COMMUNE, w.OPERATOR)]
    offices = [of(each) for each in (w.OFFICE, w.FAR_OFFICE)]
    operator = children[-1]

    assert reduce(added, (each.total for each in children), Figures()) == whole.total
    assert reduce(added, (part.figures for part in whole.parts), Figures()) == whole.total
    # The operator's own figures stand beside its offices'.
    own = [part.figures for part in operator.parts if part.unit == w.OPERATOR]
    assert reduce(added, [*own, *(each.total for each in offices)], Figures()) == operator.total
    of_procedures = [each.dossiers for each in whole.procedures]
    assert reduce(added, of_procedures, Dossiers()) == whole.total.dossiers
    assert sum(holder.held.items for holder in whole.holders) == whole.total.held.items
    inner.rollback()
    session.expire_all()
