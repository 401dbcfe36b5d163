"""In the evening couriers hand in what they took: a clerk of their office counts it line by line, on the page.

What lies on the table is what the courier's own phone was told to be recorded, never what the page says.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from postal_service.demo.browser import Browser
from postal_service.demo.clerks import Office
from postal_service.demo.couriers import Courier
from postal_service.demo.phone import Transport
from postal_service.demo.stacks import grouped

CASH: Final = "/cash"
MISCOUNTED_DONG: Final = 1_000


class CashNotTakenError(RuntimeError):
    """The page did not take what is really there."""


@dataclass
class Cashiers:
    """Clerks who count, at every office; what came into their tills."""

    office: Office
    transport: Transport
    purses: int = 0
    dong: int = 0
    happened: Counter[str] = field(default_factory=Counter)

    def take(self, couriers: Iterable[Courier], *, at: datetime) -> None:
        """Every purse that has something in it changes hands at its own office."""
        full = [courier for courier in couriers if courier.purse]
        by_office = grouped(full, lambda courier: courier.office.code)
        for unit, mine in by_office:
            cashier = self.office.browser(self.transport, unit, at=at)
            listed = cashier.open(CASH)
            for courier in mine:
                path = f"{CASH}/{courier.actor.staff}"
                if path not in listed.links:
                    raise CashNotTakenError(f"{path} is not listed")
                self._count(cashier, path, courier)

    def _count(self, cashier: Browser, path: str, courier: Courier) -> None:
        if not self.purses:
            self._count_wrongly(cashier, path, courier)
        counted = {f"counted-{line}": str(dong) for line, dong in courier.purse.items()}
        if cashier.send(cashier.open(path), path, counted) is not None:
            raise CashNotTakenError(f"{path}: {counted}")
        self.purses += 1
        self.dong += courier.purse.total()
        courier.purse.clear()

    def _count_wrongly(self, cashier: Browser, path: str, courier: Courier) -> None:
        """A note sticks to another: the page shows the difference and takes nothing."""
        counted = {f"counted-{line}": str(dong) for line, dong in courier.purse.items()}
        line, dong = next(iter(courier.purse.items()))
        counted[f"counted-{line}"] = str(dong - MISCOUNTED_DONG)
        said = cashier.send(cashier.open(path), path, counted)
        if said is not None and "Chưa nhận đồng nào" in said.text:
            self.happened["purse counted again"] += 1
