"""Figures the province itself reported for 2022. Cited, never derived from each other: the parts do not add up."""

import json
from dataclasses import dataclass

from postal_service.reference.files import shipped_text


@dataclass(frozen=True, kw_only=True)
class ByLevel:
    """One reported figure for each of the three levels that existed in 2022."""

    province: float
    district: float
    commune: float


@dataclass(frozen=True, kw_only=True)
class Reported2022:
    source: str
    procedures_total: int
    procedures_online_level_4_percent: int
    procedures_online_level_4: ByLevel
    procedures_cut_by_at_least_10_percent: int
    procedures_non_boundary_pilot: int
    procedures_same_day_result: ByLevel
    dossiers_received: ByLevel
    resolved_on_time_percent: ByLevel
    received_and_resolved_online_percent: ByLevel


def reported_2022() -> Reported2022:
    """The cited report, as it was printed."""
    told = json.loads(shipped_text("reported_2022.json"))
    online = told["procedures_online_level_4"]
    return Reported2022(
        source=told["source"],
        procedures_total=told["procedures_total"],
        procedures_online_level_4_percent=online["share_percent"],
        procedures_online_level_4=_by_level(online),
        procedures_cut_by_at_least_10_percent=told["procedures_cut_by_at_least_10_percent"],
        procedures_non_boundary_pilot=told["procedures_non_boundary_pilot"],
        procedures_same_day_result=_by_level(told["procedures_same_day_result"]),
        dossiers_received=_by_level(told["dossiers_received"]),
        resolved_on_time_percent=_by_level(told["resolved_on_time_percent"]),
        received_and_resolved_online_percent=_by_level(
            told["received_and_resolved_online_percent"]
        ),
    )


def _by_level(told: dict[str, float]) -> ByLevel:
    return ByLevel(province=told["province"], district=told["district"], commune=told["commune"])
