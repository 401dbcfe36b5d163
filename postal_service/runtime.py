"""What a running app needs from outside, handed over once at the start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from postal_service.ledger.notes import NoteInvalid, known_key
from postal_service.ledger.witness import Policy
from postal_service.metrics import Metrics
from postal_service.services.checkpoints import Witness, ask_by_http, policy
from postal_service.services.office_events import OfficeKeys
from postal_service.services.vault import Vault
from postal_service.settings import NotConfiguredError, Settings
from postal_service.storage.engine import open_engine
from postal_service.storage.transaction import Sessions, sessions_on

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """Sessions, clock, keys, settings and what is counted; both apps get the same one."""

    settings: Settings
    sessions: Sessions
    clock: Clock
    keys: OfficeKeys
    log_key: Ed25519PrivateKey
    witnesses: tuple[Witness, ...]
    metrics: Metrics

    @property
    def vault(self) -> Vault:
        return self.keys.vault

    @property
    def policy(self) -> Policy:
        """Whom an auditor of this ledger believes today."""
        keys = [each.key for each in self.witnesses]
        return policy(self.settings.origin, self.log_key, keys)


def now() -> datetime:
    """The clock of a real installation."""
    return datetime.now(UTC)


def keys_of(settings: Settings) -> OfficeKeys:
    """The keys an office signs and seals with."""
    return OfficeKeys(
        vault=Vault(master=settings.master_key, index=settings.index_key),
        root=Ed25519PrivateKey.from_private_bytes(settings.root_key),
    )


def start(settings: Settings, *, clock: Clock = now, sessions: Sessions | None = None) -> Runtime:
    """Open the store and read the keys. Raises NotConfiguredError for witnesses that cannot be."""
    store = sessions or sessions_on(open_engine(settings.database_url))
    return Runtime(
        settings=settings,
        sessions=store,
        clock=clock,
        keys=keys_of(settings),
        log_key=Ed25519PrivateKey.from_private_bytes(settings.log_key),
        witnesses=_witnesses(settings),
        metrics=Metrics(store, clock),
    )


def _witnesses(settings: Settings) -> tuple[Witness, ...]:
    """Those the settings name; one who stood there twice would be a quorum by himself."""
    found = tuple(_witness(key, url) for key, url in settings.witnesses)
    names, keys = {each.key.name for each in found}, {each.key.public for each in found}
    if min(len(names), len(keys)) < len(found):
        raise NotConfiguredError("POSTAL_WITNESSES names a witness or a key twice.")
    return found


def _witness(key: str, url: str) -> Witness:
    try:
        return Witness(key=known_key(key), ask=ask_by_http(url))
    except NoteInvalid as fault:
        raise NotConfiguredError(f"POSTAL_WITNESSES: {fault}") from fault
