"""Postage as shipped: demonstration values in the shape of the tariff circular, and labelled so."""

import tomllib
from dataclasses import dataclass
from datetime import date

from postal_service.reference.files import shipped_text


@dataclass(frozen=True, kw_only=True)
class TariffRow:
    zone: str
    valid_from: date
    steps: tuple[tuple[int, int], ...]  # (grams up to, dong)
    further_step_grams: int
    further_step_dong: int
    vat_percent: int
    vat_included: bool


@dataclass(frozen=True, kw_only=True)
class ExemptionRow:
    kind: str
    percent: int
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class ShippedTariff:
    status: str
    tariffs: tuple[TariffRow, ...]
    exemptions: tuple[ExemptionRow, ...]


def demo_tariff() -> ShippedTariff:
    """The shipped tariff; `status` is "demo" and belongs on every screen that shows it."""
    told = tomllib.loads(shipped_text("tariff_demo.toml"))
    return ShippedTariff(
        status=told["status"],
        tariffs=tuple(
            TariffRow(**(row | {"steps": tuple((grams, dong) for grams, dong in row["steps"])}))
            for row in told["tariff"]
        ),
        exemptions=tuple(ExemptionRow(**row) for row in told["exemption"]),
    )
