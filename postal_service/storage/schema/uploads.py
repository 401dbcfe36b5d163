"""Files that people sent in and that wait to be imported. They hold personal data, so they lie encrypted, and not for long."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from postal_service.storage.schema.base import Base


class UploadRow(Base):
    """A file as it was sent; its pieces are removed with it once it is saved, or after a day."""

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]  # as its sender called it
    size_bytes: Mapped[int]
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(index=True)


class UploadPieceRow(Base):
    """A piece of the file under the master key; bound to its file and place."""

    __tablename__ = "upload_piece"

    upload: Mapped[str] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]
