"""Named small problems: places on a line, a minute and a hundred metres apart."""

from collections.abc import Sequence
from typing import Any

from routing import (
    Courier,
    CourierId,
    Location,
    Matrix,
    PlanRules,
    Problem,
    Profile,
    Shipment,
    Stop,
    StopId,
    Window,
)

DAY = Window(opens_second=0, closes_second=36_000)
S = StopId
LAN, MINH = CourierId("Lan"), CourierId("Minh")


def line(places: int) -> Profile:
    """Place n lies n minutes and n hundred metres from the office, which is place 0."""
    seconds = [[60 * abs(a - b) for b in range(places)] for a in range(places)]
    metres = [[100 * abs(a - b) for b in range(places)] for a in range(places)]
    return Profile(travel=Matrix(seconds, metres))


def stop(name: str, place: int, **more: Any) -> Stop:  # noqa: ANN401 - any field of it
    return Stop(id=StopId(name), location=place, **more)


def courier(name: CourierId = LAN, **more: Any) -> Courier:  # noqa: ANN401 - any field of it
    given: dict[str, Any] = {"start_location": 0, "end_location": 0, "shift": DAY}
    return Courier(id=name, **(given | more))


def on_a_line(
    stops: Sequence[Stop],
    couriers: Sequence[Courier] = (),
    *,
    places: int = 12,
    shipments: Sequence[Shipment] = (),
    rules: PlanRules | None = None,
    load_names: tuple[str, ...] = (),
    **more: Any,  # noqa: ANN401 - any field of it
) -> Problem:
    return Problem(
        locations=tuple(Location(name=f"km {place}") for place in range(places)),
        profiles=(line(places),),
        stops=tuple(stops),
        couriers=tuple(couriers) or (courier(),),
        shipments=tuple(shipments),
        rules=rules or PlanRules(),
        load_names=load_names,
        **more,
    )


def window(opens: int, closes: int) -> tuple[Window, ...]:
    return (Window(opens_second=opens, closes_second=closes),)
