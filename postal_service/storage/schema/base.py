"""What every table shares: names of constraints that migrations can find on both databases."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Date, LargeBinary, MetaData
from sqlalchemy.orm import DeclarativeBase

from postal_service.storage.types import Instant, PlainText


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[type, object]] = {
        str: PlainText(),
        bytes: LargeBinary(),
        int: BigInteger(),
        date: Date(),
        datetime: Instant(),
    }
