"""Which papers of an item a page offers: those whose act was recorded, to those who may print them."""

from dataclasses import dataclass

from flask import url_for

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Leg
from postal_service.domain.custody import Standing, State
from postal_service.domain.ids import ItemId
from postal_service.services.item_papers import EXTRACTING, RECORDING
from postal_service.web.language import say


@dataclass(frozen=True, kw_only=True)
class ItemPaper:
    """What it is called here and where it is made. `is_look`: printing it is logged, so a form asks for it."""

    item: ItemId
    label: str
    path: str
    is_look: bool


def papers_of(standing: Standing, by: Actor) -> list[ItemPaper]:
    """The delivery or the way back of a result, and the chain of any item."""
    number, found = standing.item, []
    if by.may(*RECORDING) and standing.leg is Leg.OUT and standing.state is State.DELIVERED:
        path = url_for("records.confirm_delivery", number=number)
        found.append(
            ItemPaper(item=number, label=say("In phiếu xác nhận phát"), path=path, is_look=True)
        )
    went_back = standing.returning and standing.state is not State.DELIVERED
    if by.may(*RECORDING) and standing.leg is Leg.OUT and went_back:
        path = url_for("records.record_return", number=number)
        found.append(
            ItemPaper(item=number, label=say("In biên bản chuyển hoàn"), path=path, is_look=True)
        )
    if by.may(*EXTRACTING):
        path = url_for("records.ask_extract", number=number)
        found.append(
            ItemPaper(item=number, label=say("Trích lục chuỗi lưu giữ"), path=path, is_look=False)
        )
    return found
