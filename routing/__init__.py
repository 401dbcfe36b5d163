"""Rounds for couriers: a `Problem` in, a `Plan` out. It knows nothing of dossiers or ledgers."""

from routing.feasibility import RejectedByChecker, Violation, ViolationKind, check
from routing.findings import Contradiction, ContradictionKind, ContradictoryProblem
from routing.plan import (
    Because,
    BreakTaken,
    Budget,
    CostParts,
    Loosened,
    Plan,
    Reason,
    Route,
    Tour,
    Unserved,
    Visit,
)
from routing.problem import (
    Break,
    CostRates,
    Courier,
    Location,
    Problem,
    Shipment,
    Stop,
    StopKind,
)
from routing.rules import Balance, Lock, LockLevel, PlanRules, Published
from routing.tables import Matrix, Profile, SpeedPeriod, TravelTable
from routing.terms import DEFAULT_PROFILE, UNREACHABLE, CourierId, StopId, Window

__all__ = [
    "DEFAULT_PROFILE",
    "UNREACHABLE",
    "Balance",
    "Because",
    "Break",
    "BreakTaken",
    "Budget",
    "Contradiction",
    "ContradictionKind",
    "ContradictoryProblem",
    "CostParts",
    "CostRates",
    "Courier",
    "CourierId",
    "Location",
    "Lock",
    "LockLevel",
    "Loosened",
    "Matrix",
    "Plan",
    "PlanRules",
    "Problem",
    "Profile",
    "Published",
    "Reason",
    "RejectedByChecker",
    "Route",
    "Shipment",
    "SpeedPeriod",
    "Stop",
    "StopId",
    "StopKind",
    "Tour",
    "TravelTable",
    "Unserved",
    "Violation",
    "ViolationKind",
    "Visit",
    "Window",
    "check",
]
