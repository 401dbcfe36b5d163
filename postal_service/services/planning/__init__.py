"""The post's day as a routing problem, and its plans as rounds. The only part of the service that knows `routing`.

It opens no session: what it is given was read before, and what it answers is written afterwards.
"""

from postal_service.services.planning.answers import (
    Baseline,
    Fault,
    Left,
    Lock,
    Loosened,
    MoreWouldBring,
    NewTime,
    PlaceInRound,
    PlannedRound,
    PlannedStop,
    PlannedTour,
    Scope,
    Sequences,
    SoFar,
    Solved,
    Tried,
    WhyHere,
    unserved,
)
from postal_service.services.planning.problems import Contradictory
from postal_service.services.planning.retiming import retimed
from postal_service.services.planning.roads import NoRoadTimes
from postal_service.services.planning.solving import solve
from postal_service.services.planning.trying import tried, why_here
from postal_service.services.planning.writing_out import still_said

__all__ = [
    "Baseline",
    "Contradictory",
    "Fault",
    "Left",
    "Lock",
    "Loosened",
    "MoreWouldBring",
    "NewTime",
    "NoRoadTimes",
    "PlaceInRound",
    "PlannedRound",
    "PlannedStop",
    "PlannedTour",
    "Scope",
    "Sequences",
    "SoFar",
    "Solved",
    "Tried",
    "WhyHere",
    "retimed",
    "solve",
    "still_said",
    "tried",
    "unserved",
    "why_here",
]
