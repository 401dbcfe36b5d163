"""The days that a page is asked about, in its address: "first" and "last", else this month."""

from dataclasses import replace
from datetime import date

from flask import request

from postal_service.reports import Period
from postal_service.web import here
from postal_service.web.forms import NotADate
from postal_service.web.language import say


def asked() -> Period:
    """The period asked for, else this month. Raises NotADate or BadPeriod."""
    usual = Period.month_of(here.now())
    first = _day("first", say("Từ ngày"), usual.first)
    last = _day("last", say("Đến ngày"), usual.last)
    return replace(usual, first=first, last=last)


def in_address(period: Period) -> dict[str, str]:
    """The same days for an address that goes on with them."""
    return {"first": period.first.isoformat(), "last": period.last.isoformat()}


def _day(name: str, label: str, otherwise: date) -> date:
    written = request.values.get(name, "")
    if not written:
        return otherwise
    try:
        return date.fromisoformat(written[:20])
    except ValueError:
        raise NotADate(field=label) from None
