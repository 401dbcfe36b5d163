"""What clerks and couriers do on the journeys, each through his own edge."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.demo.phone import Phone
from postal_service.domain import acts
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Condition, Counts
from postal_service.domain.custody import Standing, State
from postal_service.domain.ids import ItemId, StaffId, UnitCode
from postal_service.domain.story import tell
from postal_service.ledger import offers
from postal_service.ledger import reading as ledger
from postal_service.projections import holdings, rebuild
from postal_service.runtime import Runtime
from postal_service.storage.schema import (
    BagContentRow,
    DeviceRow,
    DossierRow,
    HoldingRow,
    SealReuseRow,
    SealRow,
    SpendRow,
    VerdictRow,
)
from postal_service.storage.transaction import reading
from tests.clock import Clock
from tests.mobile_api.phones import Couriers
from tests.services import world as w
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.desk_work import offered, reception_fields, taken
from tests.web.test_delivery import _delivery_code

BADGES = {
    "courier": "2345678900",
    "far_courier": "2345678901",
    "second_counter": "2345678902",
    "manager": "2345678903",
}
PROJECTIONS = (
    HoldingRow, SpendRow, VerdictRow, SealRow, SealReuseRow, BagContentRow, DeviceRow
)  # fmt: skip


@dataclass
class Post:
    """One office with its people at their screens and on the road."""

    runtime: Runtime
    world: World
    clock: Clock
    couriers: Couriers
    browser: Callable[[str], Browser]
    folder: Path

    def later(self, **by: int) -> None:
        self.clock.forward(timedelta(**by))

    def phone(self, courier: Actor) -> Phone:
        return self.couriers.phone(courier)

    def standing(self, item: str) -> Standing:
        with reading(self.runtime.sessions) as session:
            return holdings.standings(session, [ItemId(item)])[ItemId(item)]

    def holder(self, item: str) -> StaffId:
        holder = self.standing(item).holder
        assert holder is not None
        return holder.staff

    def state(self, item: str) -> State:
        return self.standing(item).state

    def to_courier(self, clerk: Browser, item: str, courier: str = "courier") -> None:
        """Offered on the page, to the one whose badge was scanned."""
        answer = clerk.send("/handovers/new", codes=item, badge=BADGES[courier])
        assert answer.status_code == 302, answer.get_data(as_text=True)

    def result_sealed(self, procedure: str = w.EXTRACT, **about: str) -> "Result":
        """A result in its envelope at the desk; the citizen's code is read from his printed slip."""
        desk = self.browser("desk_clerk")
        fields = reception_fields(desk, procedure)
        page = desk.send(f"/receptions/new/{procedure}", fields).get_data(as_text=True)
        dossier = page.partition("/dossiers/")[2][:36]
        code = _delivery_code(page, self.folder)
        ready = desk.send(
            f"/results/{dossier}/envelope",
            ONE_ORIGINAL,
            serial=f"KQ-{dossier[-8:].upper()}",
            **about,
        )
        assert ready.status_code == 200, ready.get_data(as_text=True)
        with reading(self.runtime.sessions) as session:
            item = session.get_one(DossierRow, dossier).result_item or ""
        return Result(item=item, dossier=dossier, code=code)

    def result_at_office(self) -> "Result":
        """The same, after the counter clerk took it from the desk."""
        made = self.result_sealed()
        batch = offered(self.browser("desk_clerk"), made.item, to_unit=w.OFFICE)
        taken(self.browser("counter"), batch, made.item)
        return made


ONE_ORIGINAL = {"originals": "1", "certified": "0", "photocopies": "0"}


@dataclass(frozen=True)
class Result:
    """A result on its way home."""

    item: str
    dossier: str
    code: str


def online(phone: Phone) -> None:
    """A network again: a fresh token, and the day as the office knows it."""
    phone.sign_in()
    phone.pull()


def accepted(phone: Phone) -> None:
    """Send all, and nothing was odd about any of it."""
    outcomes = phone.send()
    assert [each["status"] for each in outcomes] == ["accepted"] * len(outcomes), outcomes


def put_out(phone: Phone, item: str, to: UnitCode) -> str:
    """The courier offers what he holds to a unit; the hand-over's id."""
    package: dict[str, Any] = phone._package(ItemId(item))
    counts = Counts(**package["counts"])
    manifest = offers.manifest_of([(ItemId(item), package["seal"], counts)])
    batch = sha256(f"{phone.device} {manifest}".encode()).hexdigest()[:36]
    act = acts.Offer(
        to_unit=to,
        to_staff=StaffId(""),
        counts=counts,
        condition=Condition.OK,
        seal=package["seal"],
        batch=batch,
        manifest=manifest,
        batch_count=1,
    )
    phone.tell(ItemId(item), act)
    return batch


def one_holder_at_each_moment(session: Session) -> int:
    """Tell every story event by event; how many moments were looked at."""
    moments = 0
    for items in ledger.items_in_chunks(session, 100):
        for item, told in ledger.stories_of(session, items).items():
            for upto in range(1, len(told) + 1):
                standing = tell(told[:upto]).standing
                if standing is None:
                    continue  # news of an item came before the item itself
                delivered = standing.state is State.DELIVERED
                assert (standing.holder is None) == delivered, (item, upto)
                moments += 1
            spent = session.execute(select(SpendRow.parent).where(SpendRow.item == item)).all()
            assert len(spent) == len(set(spent)), item
    return moments


def rebuilt_equals_live(session: Session) -> None:
    live = _projections(session)
    rebuild(session)
    assert _projections(session) == live


def _projections(session: Session) -> dict[str, list[tuple[object, ...]]]:
    return {
        row.__tablename__: sorted(tuple(each) for each in session.execute(select(row.__table__)))
        for row in PROJECTIONS
    }
