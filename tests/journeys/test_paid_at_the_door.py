"""Money from the door to its owner: told by the phone, counted by a cashier, remitted by the manager."""

from postal_service.domain.acts import CodeProof, Condition, Counts, Deliver, Receiver
from postal_service.domain.codes import read_delivery_code
from postal_service.domain.custody import State
from postal_service.domain.ids import DossierId, ItemId
from postal_service.domain.money import Line, Means, PaymentState
from postal_service.services import cash, charges
from postal_service.services.charges import ChargeId, Due
from postal_service.storage.transaction import reading, transaction
from tests.journeys.post import Post, accepted, online
from tests.printing.read_back import text_of
from tests.web.desk_work import FORM_KEY


def test_what_the_citizen_pays_at_the_door_reaches_its_owner(post: Post) -> None:
    world, result = post.world, post.result_at_office()
    item, dossier = ItemId(result.item), DossierId(result.dossier)
    with transaction(post.runtime.sessions) as session:
        due = Due(line=Line.COLLECTED_FOR_OTHERS, amount_dong=50_000)
        charges.open_due(session, dossier, due, by=world.counter, at=post.clock())
    post.to_courier(post.browser("counter"), item)
    phone = post.phone(world.courier)
    phone.pull()
    phone.take_offered(item)
    post.later(hours=1)

    # At the door, without a network: the result against its code, the money charge by charge.
    package = phone._package(item)
    code = read_delivery_code(result.code)
    phone.tell(
        item,
        Deliver(
            receiver=Receiver.OWNER,
            proof=CodeProof(rotation=code.rotation, secret=code.secret),
            counts=Counts(**package["counts"]),
            condition=Condition.OK,
        ),
    )
    assert [each["line"] for each in package["charges"]] == ["state_fee", "cod"]
    for charge in package["charges"]:
        phone.take_money(charge, Means.CASH)
    post.later(hours=3)
    online(phone)
    accepted(phone)
    told = phone.tell_payments()
    assert [each["status"] for each in told] == ["recorded", "recorded"]
    assert phone.payments == []

    # The delivery's paper says what was taken, and the citizen's tracking nothing more to pay.
    assert post.state(item) is State.DELIVERED
    slip = post.browser("counter").send(f"/items/{item}/delivery-slip")
    assert "58.000" in text_of(slip.data)

    # In the evening a cashier counts the purse; then fee and collection go to their owners.
    cashier, purse = post.browser("second_counter"), f"/cash/{world.courier.staff}"
    key = FORM_KEY.search(cashier.text(purse))
    assert key is not None
    counted = {"counted-state_fee": "8000", "counted-postage": "", "counted-cod": "50000"}
    assert cashier.send(purse, {"form_key": key[1], **counted}).status_code == 302
    with transaction(post.runtime.sessions) as session:
        assert cash.of(session, world.courier.staff).charges == ()
        handed_in = [ChargeId(each["charge"]) for each in told]
        charges.remit(session, handed_in, reference="UNC-1", by=world.manager, at=post.clock())
    with reading(post.runtime.sessions) as session:
        accounts = {each.charge.line: each for each in charges.accounts(session, dossier)}
        assert accounts[Line.STATE_FEE].charge.state is PaymentState.REMITTED
        assert accounts[Line.COLLECTED_FOR_OTHERS].charge.state is PaymentState.REMITTED
