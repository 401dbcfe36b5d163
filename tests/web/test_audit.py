"""An auditor sees that the ledger is whole, draws a sample others can repeat, and takes proofs away."""

from collections.abc import Callable, Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from postal_service.domain.acts import (
    Capacity,
    CardProof,
    CodeProof,
    Condition,
    Deliver,
    OverrideProof,
    Proof,
    Receiver,
)
from postal_service.domain.ids import EventId
from postal_service.domain.rewriting import Changes
from postal_service.ledger import proof
from postal_service.ledger.notes import Kind, public_key
from postal_service.ledger.reading import entries_of
from postal_service.ledger.witness import Policy
from postal_service.projections import holdings, verdicts
from postal_service.runtime import Runtime
from postal_service.services import auditing, checkpoints, corrections, delivery
from postal_service.services.job_runner import Runner
from postal_service.storage.schema import CheckpointRow, HoldingRow, JobRow, VerdictRow
from postal_service.storage.transaction import transaction
from tests.clock import Clock
from tests.services.in_hand import PAPERS, passed, result, sealed
from tests.services.phones import known_phone, upload
from tests.services.world import MORNING, World
from tests.web.conftest import Browser
from tests.web.faulty_fields import opened

TODAY = MORNING.date().isoformat()


@pytest.fixture
def auditor(browser: Callable[[str], Browser]) -> Browser:
    return browser("auditor")


def signed(runtime: Runtime) -> None:
    with transaction(runtime.sessions) as store:
        checkpoints.make(store, origin=runtime.settings.origin, log_key=runtime.log_key, at=MORNING)


def checked(
    auditor: Browser, runtime: Runtime, witnesses: Sequence[checkpoints.Witness] = ()
) -> str:
    """The page after a check that was asked for there and done by the runner."""
    assert auditor.send("/audit/checks").status_code == 302
    work = auditing.check_work(
        origin=runtime.settings.origin,
        log_key=runtime.log_key,
        witnesses=witnesses,
        vault=runtime.vault,
    )
    Runner(runtime.sessions, clock=runtime.clock, kinds={auditing.VERIFY: work}).run_one()
    return auditor.get("/audit").text


def test_a_check_is_asked_for_done_and_shown(
    auditor: Browser, session: Session, runtime: Runtime, world: World
) -> None:
    sealed(session, world, 3)
    session.commit()
    page = checked(auditor, runtime)

    assert "✓ hợp lệ" in page
    (job,) = session.scalars(select(JobRow))
    assert (job.state, (job.result or {})["valid"]) == ("done", True)


def test_a_check_names_what_pages_would_show_wrongly(
    auditor: Browser, session: Session, runtime: Runtime, world: World
) -> None:
    (item,) = sealed(session, world)
    session.execute(update(HoldingRow).filter_by(item=item).values(holder_staff="s-courier"))
    session.commit()

    page = checked(auditor, runtime)

    assert "sổ cái hợp lệ, kho dữ liệu không khớp" in page
    assert f"<code>holding of {item}</code>: điều các trang hiển thị không khớp" in page


def test_a_check_of_a_ledger_whose_history_was_changed_says_so(
    auditor: Browser, session: Session, runtime: Runtime, world: World
) -> None:
    sealed(session, world)
    session.commit()
    signed(runtime)
    session.execute(update(CheckpointRow).values(root=bytes(32)))
    session.commit()

    page = checked(auditor, runtime)

    assert "✗ hỏng" in page
    assert "leaves are not those that were signed" in page


def test_a_check_before_enough_witnesses_signed_says_what_to_do(
    auditor: Browser, session: Session, runtime: Runtime, world: World
) -> None:
    sealed(session, world)
    session.commit()
    key = public_key("w1", Ed25519PrivateKey.generate(), Kind.COSIGNATURE)
    away = checkpoints.Witness(key=key, ask=checkpoints.ask_by_http("http://127.0.0.1:9"))

    page = checked(auditor, runtime, [away])

    assert "không chạy được" in page
    assert "Chưa điểm kiểm nào đủ bên làm chứng ký (cần 1)" in page


def test_the_same_seed_draws_the_same_sample(
    auditor: Browser, session: Session, world: World
) -> None:
    items = sealed(session, world, 8)
    session.commit()
    form = {"seed": "7", "count": "4", "first": TODAY, "last": TODAY}

    first, again = (auditor.send("/audit/samples", form).text for _ in range(2))

    drawn = [item for item in items if item in first]
    assert len(drawn) == 4
    assert drawn == [item for item in items if item in again]


def stratum(page: str, proof: str) -> str:
    return page.partition(f"Bằng {proof}: ")[2].partition("Bằng ")[0].partition("</section>")[0]


def test_deliveries_without_the_citizens_code_are_drawn_by_themselves(
    auditor: Browser, session: Session, world: World
) -> None:
    by_two, by_card = [], []
    for place in range(8):
        item, code = result(session, world)
        proof: Proof = CodeProof(rotation=1, secret=code.secret)
        if place < 3:
            by_two.append(item)
            proof = OverrideProof(witness=world.counter.staff)
        elif place < 7:
            by_card.append(item)
            proof = CardProof(last4="3456")
        delivery.deliver(
            session, world.keys, item, receiver=Receiver.OWNER, proof=proof, by=world.manager,
            at=MORNING,
        )  # fmt: skip
    sealed(session, world, 3)
    session.commit()
    form = {"seed": "7", "count": "2", "first": TODAY, "last": TODAY}

    first, again = (auditor.send("/audit/samples", form).text for _ in range(2))

    assert "8 lần phát trong khoảng ngày này" in first
    for proof_kind, items in (
        ("trưởng bưu cục và một người chứng kiến", by_two),
        ("thẻ căn cước", by_card),
    ):
        told = stratum(first, proof_kind)
        assert f"lấy 2 trong {len(items)} lần" in told
        assert len([item for item in items if item in told]) == 2
        assert told == stratum(again, proof_kind)
        every = stratum(auditor.send("/audit/samples", form | {"count": "9"}).text, proof_kind)
        assert [item for item in items if item in every] == items
    others = stratum(auditor.send("/audit/samples", form | {"seed": "8"}).text, "thẻ căn cước")
    assert "lấy 2 trong 4 lần" in others


def test_a_delivery_that_was_put_right_is_one_and_a_disputed_one_is_none(
    auditor: Browser, session: Session, world: World, clock: Clock
) -> None:
    made, disputed = (result(session, world)[0] for _ in range(2))
    passed(session, world, [disputed], world.counter, world.courier, Capacity.COURIER)
    delivery.deliver(
        session, world.keys, made, receiver=Receiver.OWNER, proof=CardProof(last4="3456"),
        by=world.manager, at=MORNING,
    )  # fmt: skip
    corrections.rewrite(
        session, world.keys, entries_of(session, made)[-1].event.id,
        Changes(condition=Condition.WET), maker=world.counter.staff, why="ướt", by=world.manager,
        at=MORNING,
    )  # fmt: skip
    phone = known_phone(session, world.far_courier, clock)  # who does not hold it
    act = Deliver(
        receiver=Receiver.OWNER, proof=CardProof(last4="3456"), counts=PAPERS,
        condition=Condition.OK,
    )  # fmt: skip
    phone.tell(disputed, act, parent=holdings.standings(session, [disputed])[disputed].custody)
    (outcome,) = upload(session, phone, phone.outbox)
    assert outcome.verdict == "disputed"
    session.commit()

    page = auditor.send(
        "/audit/samples",
        {"seed": "7", "count": "9", "first": TODAY, "last": (clock().date()).isoformat()},
    ).text

    assert "1 lần phát trong khoảng ngày này" in page
    told = stratum(page, "thẻ căn cước")
    assert "lấy 1 trong 1 lần" in told
    assert made in told
    assert disputed not in told


def test_a_period_longer_than_a_year_is_refused_at_its_last_day(auditor: Browser) -> None:
    form = {"seed": "7", "count": "4", "first": "2025-11-23"}
    assert auditor.send("/audit/samples", form, last="2026-11-23").status_code == 200

    answer = auditor.send("/audit/samples", form, last="2026-11-24")

    assert answer.status_code == 400
    assert "dài nhất 366 ngày" in opened(answer.text).texts["last-fault"]


def test_a_period_without_deliveries_says_so(
    auditor: Browser, session: Session, world: World
) -> None:
    sealed(session, world, 3)
    session.commit()

    page = auditor.send(
        "/audit/samples", {"seed": "7", "count": "4", "first": TODAY, "last": TODAY}
    ).text

    assert "0 lần phát trong khoảng ngày này" in page
    assert "lấy 0 trong 0 lần" in page


@pytest.mark.parametrize(
    "odd",
    [
        {"seed": "x"}, {"count": "0"}, {"count": "100000"}, {"first": "tomorrow"},
        {"first": "2026-12-01", "last": "2026-11-01"}, {"last": "9999-12-31"},
    ],
)  # fmt: skip
def test_an_odd_sample_is_refused_with_a_sentence(auditor: Browser, odd: dict[str, str]) -> None:
    form = {"seed": "7", "count": "4", "first": TODAY, "last": TODAY} | odd

    assert auditor.send("/audit/samples", form).status_code == 400


def test_a_proof_is_believed_without_us(
    auditor: Browser, session: Session, runtime: Runtime, world: World
) -> None:
    (item,) = sealed(session, world)
    session.commit()
    event = entries_of(session, item)[0].event.id
    before = auditor.get(f"/audit/proofs/{event}")
    signed(runtime)
    after = auditor.get(f"/audit/proofs/{event}")

    assert before.status_code == 409
    policy = Policy(
        log=public_key(runtime.settings.origin, runtime.log_key), witnesses=(), quorum=0
    )
    assert proof.believe(proof.read(after.text), policy).origin == runtime.settings.origin


def test_there_is_no_proof_of_what_never_was(auditor: Browser) -> None:
    assert auditor.get(f"/audit/proofs/{EventId('nothing')}").status_code == 404


def test_second_factors_stand_under_a_heading_of_their_own(auditor: Browser) -> None:
    page = auditor.text("/audit")
    heading = page.index("<h2>Xác thực hai lớp của nhân viên</h2>")
    link = page.index('href="/staff/second-factors"')
    assert heading < link
    assert "<h2>" not in page[heading + 4 : link]


def test_a_clerk_is_no_auditor(browser: Callable[[str], Browser]) -> None:
    clerk = browser("counter")
    assert clerk.get("/audit").status_code == 403
    assert clerk.send("/audit/checks").status_code == 403


def test_every_event_that_does_not_count_is_seen_however_many_there_are(
    auditor: Browser, session: Session
) -> None:
    events = [f"01900000-0000-7000-8000-{n:012}" for n in range(verdicts.LISTED + 2)]
    session.add_all(
        VerdictRow(event_id=event, item="BH000000005VN", verdict="conflict") for event in events
    )
    session.commit()
    page = auditor.text("/audit")
    assert f"/audit/proofs/{events[-1]}" in page
    assert f"/audit?after={events[2]}" in page

    rest = auditor.text(f"/audit?after={events[2]}")

    assert [event for event in events if f"/audit/proofs/{event}" in rest] == events[:2]
    assert 'href="/audit?after=' not in rest
    assert auditor.get("/audit?after=%00" + "x" * 500).status_code == 200
