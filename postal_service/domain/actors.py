"""Who acts, and over which part of the organisation."""

from dataclasses import dataclass
from enum import StrEnum

from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.refusals import NotAllowed


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

    @property
    def scopes(self) -> tuple[str, ...]:
        """The subtrees he may look into."""
        return tuple(sorted({grant.path for grant in self.grants}))
