"""What the day came to, in a page of text: counts from the store, kilometres from the plans, time from the wall."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from postal_service import reports
from postal_service.demo.day import DAY, Door
from postal_service.demo.places import PROVINCE
from postal_service.demo.play import Played
from postal_service.demo.world import INSTALLER
from postal_service.domain.attempts import Step
from postal_service.domain.custody import State
from postal_service.reports import Figures, Period
from postal_service.runtime import Runtime
from postal_service.storage.schema import CheckpointRow, EntryRow, HoldingRow
from postal_service.storage.transaction import reading


@dataclass(frozen=True, kw_only=True)
class Proved:
    """What the proofs answered."""

    size: int
    root: str
    cosignatures: int
    broken: str | None  # why the verifier says no
    findings: dict[str, int]
    items_rebuilt: int
    rebuilt_alike: bool
    ledger: Path
    keys: Path
    seconds: dict[str, float]  # of real time, by step

    @property
    def holds(self) -> bool:
        return self.broken is None and self.rebuilt_alike


def lines(runtime: Runtime, played: Played, proved: Proved, *, seconds: float) -> Iterator[str]:
    """The page, line by line."""
    day = Period(first=DAY, last=DAY)
    with reading(runtime.sessions) as session:
        told = reports.make(session, PROVINCE, day, by=INSTALLER, at=runtime.clock()).total
    yield ""
    yield from _dossiers(played, told)
    yield from _custody(runtime, played, told)
    yield from _rounds(played, told)
    yield from _ledger(runtime, proved)
    took_by_step = played.seconds | proved.seconds
    steps = ", ".join(f"{name} {took:.1f}" for name, took in took_by_step.items())
    yield f"Time         {seconds:.0f} s in all ({steps})"


def _dossiers(played: Played, told: Figures) -> Iterator[str]:
    plan, office = played.plan, played.office
    by_post = sum(matter.by_post for matter in plan.today)
    tiers = ", ".join(
        f"{tier} {sum(matter.tier == tier for matter in plan.today)}"
        for tier in ("province", "district", "commune")
    )
    yield f"Dossiers     {len(plan.today)} taken in on {plan.today[0].at:%d/%m/%Y} ({tiers})"
    yield (
        f"             {by_post} results to be carried home, {played.resolved} done the same day,"
        f" {office.legally_received} that came by post received by their agencies"
    )
    yield f"Late risks   {told.risks.past_date} past their date, {told.risks.due_soon} due within two days"


def _custody(runtime: Runtime, played: Played, told: Figures) -> Iterator[str]:
    tally, followed = played.tally, played.followed_up
    with reading(runtime.sessions) as session:
        handed = session.scalar(select(func.count()).where(EntryRow.type == "handover"))
        moving = session.scalar(
            select(func.count()).where(HoldingRow.state == State.IN_DISPATCH.value)
        )
    tried = told.deliveries
    share = tried.first_attempt_share
    rate = "N/A" if share is None else f"{float(share):.1%}"
    yield f"Hand-overs   {handed} items from hand to hand; {played.vans.bags} bags on the vans, {moving} items on the road tonight"
    yield f"Deliveries   {tried.at_first} of {tried.tried} results at the first attempt ({rate}); {tally.collected} collected at home"
    proofs = ", ".join(
        f"{door.name.lower()} {count}" for door, count in sorted(tally.doors.items())
    )
    yield f"             {proofs}"
    yield (
        f"             old papers taken back {tally.recovered}, invitations {followed[Step.INVITE]},"
        f" on the way back to their agency {followed[Step.RETURN]}"
    )
    moved = played.moved
    yield (
        f"             delegates named {played.named}, received with their own codes {tally.doors[Door.DELEGATE]};"
        f" receivers moved {tally.doors[Door.MOVED]}, addresses compared {moved.compared},"
        f" sent on {len(moved.forwarded)}, planned there for the next working day {moved.planned}"
    )
    yield (
        f"             {tally.payments['recorded']} charges taken at doors, {tally.cash_dong:,} ₫;"
        f" {played.cashiers.dong:,} ₫ of {played.cashiers.purses} couriers counted and taken by cashiers"
    )
    outcomes = ", ".join(f"{name} {count}" for name, count in sorted(tally.outcomes.items()))
    yield f"Phones       {len(played.couriers)} enrolled, {tally.batches} batches ({outcomes}); {tally.phones_late} without network until the evening"
    happened = ", ".join(
        f"{what} {count}"
        for what, count in sorted((played.incidents.happened + played.cashiers.happened).items())
    )
    yield f"Incidents    {happened}"


def _rounds(played: Played, told: Figures) -> Iterator[str]:
    planned = played.planned
    untold = planned.offices - planned.compared
    beside = (
        f"at {planned.compared} of the offices {planned.compared_metres / 1000:.1f} km,"
        f" {planned.compared_seconds / 3600:.1f} h beside "
        if untold  # their search had no time for it
        else ""
    )
    yield (
        f"Rounds       {planned.rounds} at {planned.offices} offices, {planned.calls} calls,"
        f" {planned.left} left for another day; {played.tally.rounds_acknowledged} acknowledged"
    )
    yield (
        f"             {float(told.rounds.kilometres):.1f} km, {told.rounds.seconds / 3600:.1f} h on the road;"
        f" {beside}the nearest stop next: {planned.baseline_metres / 1000:.1f} km,"
        f" {planned.baseline_seconds / 3600:.1f} h, {planned.baseline_left} left"
    )
    if planned.shared:
        ours, theirs = planned.longest_seconds, planned.baseline_longest_seconds
        yield (
            f"             at the {planned.shared} offices that share the work out, who is out longest"
            f" is back after {ours / planned.shared / 3600:.1f} h on average,"
            f" not {theirs / planned.shared / 3600:.1f} h"
        )


def _ledger(runtime: Runtime, proved: Proved) -> Iterator[str]:
    with reading(runtime.sessions) as session:
        checkpoints = session.scalar(select(func.count()).select_from(CheckpointRow))
    yield f"Ledger       {proved.size} events, root {proved.root}"
    verdict = f"BROKEN: {proved.broken}" if proved.broken else "valid"
    yield f"             verifier: {verdict}; {proved.cosignatures} witnesses signed"
    yield f"             {checkpoints} checkpoints were signed while it grew"
    for what, count in proved.findings.items():
        yield f"             for a person to look at: {count} × {what}"
    same = "the same as live" if proved.rebuilt_alike else "NOT the same as live"
    yield f"             projections of {proved.items_rebuilt} items folded anew: {same}"
