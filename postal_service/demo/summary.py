"""What the day came to, in a page of text: counts from the store, kilometres from the plans, time from the wall."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from postal_service.demo.play import Played
from postal_service.domain.attempts import Step
from postal_service.domain.custody import State
from postal_service.domain.standing import Administrative
from postal_service.runtime import Runtime
from postal_service.storage.schema import DossierRow, EntryRow, HoldingRow
from postal_service.storage.transaction import reading

OPEN = (
    Administrative.POSTED,
    Administrative.RECEIVED,
    Administrative.SUPPLEMENT,
    Administrative.FINANCIAL_DUTY,
)
SOON = timedelta(days=2)


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

    @property
    def holds(self) -> bool:
        return self.broken is None and self.rebuilt_alike


def lines(runtime: Runtime, played: Played, proved: Proved, *, seconds: float) -> Iterator[str]:
    """The page, line by line."""
    yield ""
    yield from _dossiers(runtime, played)
    yield from _custody(runtime, played)
    yield from _rounds(played)
    yield from _ledger(proved)
    steps = ", ".join(f"{name} {took:.1f}" for name, took in played.seconds.items())
    yield f"Time         {seconds:.0f} s in all ({steps})"


def _dossiers(runtime: Runtime, played: Played) -> Iterator[str]:
    plan, office = played.plan, played.office
    at = runtime.clock()
    with reading(runtime.sessions) as session:
        waiting = select(func.count()).where(
            DossierRow.administrative.in_([each.value for each in OPEN])
        )
        late = session.scalar(waiting.where(DossierRow.due_at < at))
        soon = session.scalar(waiting.where(DossierRow.due_at.between(at, at + SOON)))
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
    yield f"Late risks   {late} past their date, {soon} due within two days"


def _custody(runtime: Runtime, played: Played) -> Iterator[str]:
    tally, followed = played.tally, played.followed_up
    with reading(runtime.sessions) as session:
        handed = session.scalar(select(func.count()).where(EntryRow.type == "handover"))
        moving = session.scalar(
            select(func.count()).where(HoldingRow.state == State.IN_DISPATCH.value)
        )
    doors = tally.delivered + tally.failed
    rate = f"{tally.delivered / doors:.1%}" if doors else "N/A"
    yield f"Hand-overs   {handed} items from hand to hand; {played.vans.bags} bags on the vans, {moving} items on the road tonight"
    yield f"Deliveries   {tally.delivered} of {doors} doors at the first attempt ({rate}); {tally.collected} collected at home"
    proofs = ", ".join(
        f"{door.name.lower()} {count}" for door, count in sorted(tally.doors.items())
    )
    yield f"             {proofs}"
    yield (
        f"             {tally.recovered} old papers taken back, {followed[Step.INVITE]} invitations,"
        f" {followed[Step.RETURN]} on the way back to their agency"
    )
    outcomes = ", ".join(f"{name} {count}" for name, count in sorted(tally.outcomes.items()))
    yield f"Phones       {len(played.couriers)} enrolled, {tally.batches} batches ({outcomes}); {tally.phones_late} without network until the evening"
    happened = ", ".join(
        f"{what} {count}" for what, count in sorted(played.incidents.happened.items())
    )
    yield f"Incidents    {happened}"


def _rounds(played: Played) -> Iterator[str]:
    planned = played.planned
    yield (
        f"Rounds       {planned.rounds} at {planned.offices} offices, {planned.calls} calls,"
        f" {planned.left} left for another day; {played.tally.rounds_acknowledged} acknowledged"
    )
    yield (
        f"             {planned.metres / 1000:.1f} km, {planned.seconds / 3600:.1f} h on the road;"
        f" the nearest stop next: {planned.baseline_metres / 1000:.1f} km,"
        f" {planned.baseline_seconds / 3600:.1f} h, {planned.baseline_left} left"
    )


def _ledger(proved: Proved) -> Iterator[str]:
    yield f"Ledger       {proved.size} events, root {proved.root}"
    verdict = f"BROKEN: {proved.broken}" if proved.broken else "valid"
    yield f"             verifier: {verdict}; {proved.cosignatures} witnesses signed"
    for what, count in proved.findings.items():
        yield f"             for a person to look at: {count} × {what}"
    same = "the same as live" if proved.rebuilt_alike else "NOT the same as live"
    yield f"             projections of {proved.items_rebuilt} items folded anew: {same}"
