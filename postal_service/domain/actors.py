"""Who acts, and over which part of the organisation."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.refusals import NotAllowed

SHARED: Final = "/"  # above every unit
_OF_A_TOP: Final = 3  # parts of "/H17/"; those of SHARED are fewer


class Role(StrEnum):
    COURIER = "courier"
    MANAGER = "manager"  # of a post office
    DESK_CLERK = "desk_clerk"  # at a one-stop desk
    POSTAL_CLERK = "postal_clerk"  # at a post office counter, or postal staff at a desk
    AGENCY = "agency"  # the competent agency's officer
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class RoleNeeded(NotAllowed):
    """The act needs one of the roles in `roles` over the unit."""

    code = "access.role_needed"


class OverAllNeeded(RoleNeeded):
    """What all units share is changed by whoever administers all of them."""

    code = "access.over_all_needed"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A role over the unit at `path` and everything below it."""

    role: Role
    unit: UnitCode
    path: str


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A member of staff at work: for which unit, and what he may do where."""

    staff: StaffId
    unit: UnitCode
    path: str
    grants: tuple[Grant, ...]

    def may(self, *roles: Role, path: str | None = None) -> bool:
        """Whether one of the roles covers `path`; his own unit when none is named."""
        where = self.path if path is None else path
        return any(grant.role in roles and where.startswith(grant.path) for grant in self.grants)

    def need(self, *roles: Role, path: str | None = None) -> None:
        """Raises RoleNeeded unless one of the roles covers `path`."""
        if not self.may(*roles, path=path):
            raise RoleNeeded(roles=", ".join(roles), unit=self.unit)

    def administers(self, path: str) -> bool:
        """Whether what lies at `path` is his to change; SHARED is what belongs to no single unit.

        Whoever administers a unit that lies under none administers all (docs/adr/0029).
        """
        over_all = any(
            grant.role is Role.ADMINISTRATOR and len(grant.path.split("/")) <= _OF_A_TOP
            for grant in self.grants
        )
        return over_all or self.may(Role.ADMINISTRATOR, path=path)

    def need_to_administer(self, path: str, unit: UnitCode | None) -> None:
        """Raises RoleNeeded unless he administers `unit`, which lies at `path`; OverAllNeeded for SHARED."""
        if self.administers(path):
            return
        if path == SHARED:
            raise OverAllNeeded
        raise RoleNeeded(roles=Role.ADMINISTRATOR.value, unit=unit)

    @property
    def scopes(self) -> tuple[str, ...]:
        """The subtrees he may look into."""
        return tuple(sorted({grant.path for grant in self.grants}))
