"""Names for the identifiers, so that an office can never be passed where an item is meant."""

from typing import NewType

EventId = NewType("EventId", str)  # UUIDv7, made on the device that signs the event
DeviceId = NewType("DeviceId", str)  # 8 base32 characters
StaffId = NewType("StaffId", str)  # a pseudonym: the name behind it stands in the directory
UnitCode = NewType("UnitCode", str)
ItemId = NewType("ItemId", str)  # UPU S10 number of a sealed package or a bag
DossierId = NewType("DossierId", str)  # UUIDv7; the printed dossier code is an alias of it
RoundId = NewType("RoundId", str)
