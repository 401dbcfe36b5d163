"""What the service is told from outside. The only reader of the environment.

It refuses to start half-configured and names the variable that is missing. The demo needs none:
it makes its own keys in a folder of its own.
"""

import json
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from limits.errors import ConfigurationError
from limits.storage import storage_from_string

from postal_service.domain import codes, s10
from postal_service.domain.administrative import STANDARD_RULES, AgencyRules
from postal_service.domain.attempts import STANDARD, DeliveryPolicy, PolicyBelowLaw
from postal_service.domain.bank_accounts import BankAccount
from postal_service.domain.ids import UnitCode
from postal_service.domain.money import Line
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording import sentence
from postal_service.ledger.notes import Kind, NoteInvalid, NoteKey
from postal_service.services import conditions_file
from postal_service.services.conditions import ASSUMED, Conditions
from postal_service.services.gateways import FolderGateway, Gateway, HttpGateway
from postal_service.services.half_handovers import LIMIT
from postal_service.storage import private_files

SECRETS = (
    "POSTAL_MASTER_KEY",
    "POSTAL_INDEX_KEY",
    "POSTAL_LOG_KEY",
    "POSTAL_ROOT_KEY",
    "POSTAL_COOKIE_KEY",
)
NEW_MASTER_KEY = "POSTAL_NEW_MASTER_KEY"
GATEWAYS = ("POSTAL_SMS_URL", "POSTAL_SMS_TOKEN", "POSTAL_SMS_FOLDER")
KEY_BYTES = 32
# No bank has this number, so nobody can pay by a code of the demo.
DEMO_ACCOUNTS = (
    "H17 state_fee 000000 0000000000 CO QUAN MAU\nH17 postage 000000 0000000001 BUU DIEN MAU"
)
PRINTABLE = re.compile("[!-~]{1,1000}")  # what the head of a request can hold
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
BEARER = re.compile(r"[A-Za-z0-9._~+/-]{32,256}=*")  # RFC 6750, b64token
COUNT = re.compile("[0-9]{1,3}")
HOTLINE = re.compile(r"\+?[0-9](?:[ .]?[0-9]){2,14}")
MEGABYTES = re.compile("[0-9]{1,9}")
LEAST_FREE_MB = "500"  # a day of a province with its photos
SECONDS = re.compile("[1-9][0-9]{0,2}")
MOST_PROXIES = 9  # nobody stacks more; a larger number is a mistyped one


class NotConfiguredError(RuntimeError):
    """A setting is missing or malformed; the message names it and says what it should be."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a running service is told. Keys are 32 bytes each."""

    database_url: str
    origin: str  # the log's name in its checkpoints
    label_host: str  # short host name in the envelope labels
    item_prefix: str  # two letters of the S10 service indicator
    master_key: bytes
    index_key: bytes
    log_key: bytes
    root_key: bytes
    cookie_key: bytes
    secure_cookies: bool
    trusted_proxies: int  # how many of our own stand before the service
    redis_url: str  # "" where there is one process
    conditions: Conditions  # what plans assume, and the road server they ask
    witnesses: tuple[tuple[str, str], ...]  # published key and URL of each
    accounts: tuple[BankAccount, ...]  # where transfers go; none: nothing is paid by transfer code
    metrics_token: str  # whoever tells it may read /metrics; "": nobody may
    gateway: Gateway | None  # by which messages are sent; none: pages say that nothing can be sent
    agency_rules: AgencyRules  # how often an agency may ask for papers, and move its date
    half_handover_limit: timedelta  # a hand-over half done for longer is an alarm
    hotline: str  # the telephone that citizens are told on the tracking page; "": none is shown
    least_free_mb: int  # on the disk; with less the service says that it is not ready
    demo: bool = False

    @property
    def delivery_policy(self) -> DeliveryPolicy:
        """What is tried, told and waited for before a result goes back; plans go by the same."""
        return self.conditions.delivery

    @property
    def can_send(self) -> bool:
        """Whether messages leave from here at all."""
        return self.gateway is not None


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of a real installation. Raises NotConfiguredError."""
    missing = [
        name
        for name in ("POSTAL_DATABASE_URL", "POSTAL_ORIGIN", *SECRETS)
        if not environment.get(name)
    ]
    if missing:
        raise NotConfiguredError(
            f"Not set: {', '.join(missing)}. See docs/operations.md; `postal keys` makes the keys."
        )
    keys = {name: _key(name, environment[name]) for name in SECRETS}
    if len(set(keys.values())) != len(keys):
        raise NotConfiguredError("Each of the keys must be its own; two of them are the same.")
    return _settings(environment, environment["POSTAL_DATABASE_URL"], keys, demo=False)


def for_demo(folder: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of the demo: an SQLite file and keys of its own in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "keys.json"
    if not kept.exists():
        private_files.keep(kept, json.dumps(make_keys(), indent=1).encode())
    keys = _kept_keys(kept)
    url = environment.get("POSTAL_DATABASE_URL") or f"sqlite:///{folder / 'demo.db'}"
    # A sample citizen's number is perhaps somebody's: nothing of the demo goes to a telephone.
    messages = folder / "messages"
    messages.mkdir(exist_ok=True)
    told = {
        "POSTAL_ACCOUNTS": DEMO_ACCOUNTS,
        **{name: value for name, value in environment.items() if name not in GATEWAYS},
        "POSTAL_SMS_FOLDER": str(messages),
    }
    return _settings(told, url, keys, demo=True)


def make_keys() -> dict[str, str]:
    """A fresh set of keys, base64, by the name of their variable."""
    return {name: b64encode(os.urandom(KEY_BYTES)).decode() for name in SECRETS}


def new_master_key(environment: Mapping[str, str] = os.environ) -> bytes:
    """The key that is to follow `POSTAL_MASTER_KEY`. Raises NotConfiguredError."""
    if not environment.get(NEW_MASTER_KEY):
        raise NotConfiguredError(f"Not set: {NEW_MASTER_KEY}. `postal keys` makes one.")
    return _key(NEW_MASTER_KEY, environment[NEW_MASTER_KEY])


def _key(name: str, text: str) -> bytes:
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise NotConfiguredError(f"{name} must be {KEY_BYTES} bytes in base64.")
    return key


def _origin(name: str) -> str:
    """The name checkpoints are signed with, which a note must be able to hold."""
    try:
        NoteKey(name, Kind.SIGNATURE, bytes(KEY_BYTES))
        plain = name.isprintable()
    except NoteInvalid:
        plain = False
    if not plain:
        raise NotConfiguredError(
            "POSTAL_ORIGIN is the log's name, without a blank and without +: buudien.example/custody."
        )
    return name


def _label_host(host: str) -> str:
    try:
        return codes.label_host(host)
    except codes.BadHost as refused:
        raise NotConfiguredError("POSTAL_LABEL_HOST has to be a host name: BDQN.VN.") from refused


def _item_prefix(letters: str) -> str:
    try:
        return s10.make(0, service=letters).service
    except s10.NotAnItemNumber as refused:
        raise NotConfiguredError(
            "POSTAL_ITEM_PREFIX is the two capitals, A to Z, that item numbers begin with: BH."
        ) from refused


def _kept_keys(kept: Path) -> dict[str, bytes]:
    try:
        told = json.loads(kept.read_bytes())
    except ValueError:
        told = None
    if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in SECRETS):
        raise NotConfiguredError(
            f"{kept} does not hold the keys of a demo. Without that file the next demo makes new ones."
        )
    return {name: _key(name, told[name]) for name in SECRETS}


def _redis(url: str) -> str:
    if not url:
        return ""
    if url.startswith("redis"):
        if find_spec("redis") is None:
            raise NotConfiguredError(
                "POSTAL_REDIS_URL needs the Python package redis: pip install 'postal-service[redis]'."
            )
        with suppress(ConfigurationError, ValueError):  # they could tell the password of the URL
            storage_from_string(url)  # it asks nobody yet
            return url
    raise NotConfiguredError(
        "POSTAL_REDIS_URL has to be the address of a Redis: redis://HOST:6379/0."
    )


def _switch(name: str, text: str) -> bool:
    """On or off; a word that is neither would else be one of them without anybody's knowledge."""
    if text not in {"0", "1"}:
        raise NotConfiguredError(f"{name} is 1 or 0.")
    return text == "1"


def _proxies(text: str) -> int:
    if text not in map(str, range(MOST_PROXIES + 1)):
        raise NotConfiguredError(
            "POSTAL_TRUSTED_PROXIES is how many proxies of ours every request passes: "
            f"0 to {MOST_PROXIES}."
        )
    return int(text)


def _metrics_token(text: str) -> str:
    if text and not BEARER.fullmatch(text):
        raise NotConfiguredError(
            "POSTAL_METRICS_TOKEN is 32 to 256 signs that nobody guesses: letters, digits, - . _ ~ + /."
        )
    return text


def _count(environment: Mapping[str, str], name: str, standard: int, *, least: int) -> int:
    """How many of something; "standard" where nothing is set."""
    text = environment.get(name, str(standard))
    if not COUNT.fullmatch(text) or int(text) < least:
        raise NotConfiguredError(f"{name} is a whole number from {least} to 999: {standard}.")
    return int(text)


def _delivery_policy(environment: Mapping[str, str]) -> DeliveryPolicy:
    """What the operator's contract sets; the invitations and the days between them have a floor in law."""

    def count(name: str, standard: int, least: int) -> int:
        return _count(environment, name, standard, least=least)

    try:
        return DeliveryPolicy(
            door_attempts=count("POSTAL_DOOR_ATTEMPTS", STANDARD.door_attempts, 1),
            invitations=count("POSTAL_INVITATIONS", STANDARD.invitations, 1),
            working_days_between_invitations=count(
                "POSTAL_DAYS_BETWEEN_INVITATIONS", STANDARD.working_days_between_invitations, 1
            ),
            hold_working_days=count("POSTAL_HOLD_DAYS", STANDARD.hold_working_days, 1),
        )
    except PolicyBelowLaw as refused:
        raise NotConfiguredError(
            "POSTAL_INVITATIONS, POSTAL_DAYS_BETWEEN_INVITATIONS: "
            + sentence(refused.code, refused.facts, "en")
        ) from refused


def _hotline(text: str) -> str:
    if text and not HOTLINE.fullmatch(text):
        raise NotConfiguredError(
            "POSTAL_HOTLINE is a telephone number as people read it, digits and blanks: 1900 54 54 81."
        )
    return text


def _megabytes(text: str) -> int:
    if not MEGABYTES.fullmatch(text):
        raise NotConfiguredError(
            "POSTAL_LEAST_FREE_MB is how many megabytes of the disk must be free: 500."
        )
    return int(text)


def _witnesses(text: str) -> tuple[tuple[str, str], ...]:
    pairs = [tuple(line.split()) for line in text.splitlines() if line.strip()]
    if any(len(pair) != 2 or not pair[1].startswith(("http://", "https://")) for pair in pairs):
        raise NotConfiguredError(
            "POSTAL_WITNESSES has one line a witness: its key, a space, its http URL."
        )
    return tuple((pair[0], pair[1]) for pair in pairs)


def _conditions(environment: Mapping[str, str]) -> Conditions:
    """What plans take for granted: as shipped, as the installation's file says, by its road server."""
    server = environment.get("POSTAL_ROAD_SERVER_URL", "")
    if server and not server.startswith(("http://", "https://")):
        raise NotConfiguredError("POSTAL_ROAD_SERVER_URL has to be an http address.")
    may_guess = _switch("POSTAL_ROAD_GUESS", environment.get("POSTAL_ROAD_GUESS", "0"))
    file, cache = environment.get("POSTAL_PLANNING_FILE"), environment.get("POSTAL_ROAD_CACHE")
    seconds = environment.get("POSTAL_ROAD_SECONDS", f"{ASSUMED.road_table_seconds:g}")
    if not SECONDS.fullmatch(seconds):
        raise NotConfiguredError(
            "POSTAL_ROAD_SECONDS is how long the road times of a day may take, 1 to 999 seconds: 60."
        )
    try:
        told = conditions_file.read(Path(file)) if file else ASSUMED
    except conditions_file.BadAssumptionsError as fault:
        raise NotConfiguredError(f"POSTAL_PLANNING_FILE: {fault}.") from fault
    return replace(
        told,
        road_server=server,
        road_profile=environment.get("POSTAL_ROAD_PROFILE", told.road_profile),
        road_cache=Path(cache) if cache else None,
        road_table_seconds=float(seconds),
        may_guess=may_guess,
        delivery=_delivery_policy(environment),
    )


def _gateway(environment: Mapping[str, str]) -> Gateway | None:
    """By what messages leave: a gateway's address with its token, a folder for a trial, or nothing."""
    url, token, folder = (environment.get(name, "") for name in GATEWAYS)
    if url and folder:
        raise NotConfiguredError(
            "POSTAL_SMS_URL and POSTAL_SMS_FOLDER: messages leave by the gateway or into the folder,"
            " set one of the two."
        )
    if bool(url) != bool(token):
        raise NotConfiguredError(
            "POSTAL_SMS_URL and POSTAL_SMS_TOKEN belong together; one of them is not set."
        )
    if url:
        return _http_gateway(url, token)
    return _folder_gateway(Path(folder)) if folder else None


def _http_gateway(url: str, token: str) -> HttpGateway:
    if not _is_safe(url):
        raise NotConfiguredError(
            "POSTAL_SMS_URL is the https address of the SMS gateway: https://sms.example/messages."
            " Only on this machine itself may it be http; no name or password stands in it."
        )
    if not PRINTABLE.fullmatch(token):
        raise NotConfiguredError(
            "POSTAL_SMS_TOKEN is what the gateway gave: printable ASCII without a blank."
        )
    return HttpGateway(url, token)


def _is_safe(url: str) -> bool:
    """Whether codes and numbers go there without crossing a network in clear."""
    try:
        address = urlsplit(url)
        host, port = address.hostname, address.port
    except ValueError:  # a port that is none, half an IPv6 address
        return False
    if (
        not host
        or port == 0
        or address.username
        or address.fragment
        or not PRINTABLE.fullmatch(url)
    ):
        return False
    return address.scheme == "https" or (address.scheme == "http" and host in LOOPBACK)


def _folder_gateway(folder: Path) -> FolderGateway:
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise NotConfiguredError(
            f"POSTAL_SMS_FOLDER: {folder} is no folder that this program can write to."
        )
    return FolderGateway(folder)


def _accounts(text: str) -> tuple[BankAccount, ...]:
    accounts = tuple(_account(line) for line in text.splitlines() if line.strip())
    if len({(each.unit, each.line) for each in accounts}) != len(accounts):
        raise NotConfiguredError("POSTAL_ACCOUNTS has two accounts for the same unit and line.")
    return accounts


def _account(written: str) -> BankAccount:
    parts = written.split(maxsplit=4)
    if len(parts) != 5 or parts[1] not in set(Line):
        raise NotConfiguredError(
            "POSTAL_ACCOUNTS has one line an account: unit code, state_fee or postage, the bank's six "
            "digits, account number, holder's name."
        )
    unit, line, bank_bin, number, holder = parts
    try:
        return BankAccount(
            unit=UnitCode(unit), line=Line(line), bank_bin=bank_bin, number=number, holder=holder
        )
    except Refusal as refused:
        told = sentence(refused.code, refused.facts, "en")
        raise NotConfiguredError(f"POSTAL_ACCOUNTS, unit {unit}: {told}") from refused


def _settings(
    environment: Mapping[str, str], url: str, keys: Mapping[str, bytes], *, demo: bool
) -> Settings:
    return Settings(
        database_url=url,
        origin=_origin(environment.get("POSTAL_ORIGIN", "demo.buudien.invalid/custody")),
        label_host=_label_host(environment.get("POSTAL_LABEL_HOST", "BDQN.VN")),
        item_prefix=_item_prefix(environment.get("POSTAL_ITEM_PREFIX", s10.DEMO_SERVICE)),
        master_key=keys["POSTAL_MASTER_KEY"],
        index_key=keys["POSTAL_INDEX_KEY"],
        log_key=keys["POSTAL_LOG_KEY"],
        root_key=keys["POSTAL_ROOT_KEY"],
        cookie_key=keys["POSTAL_COOKIE_KEY"],
        secure_cookies=_switch(
            "POSTAL_SECURE_COOKIES", environment.get("POSTAL_SECURE_COOKIES", "0" if demo else "1")
        ),
        trusted_proxies=_proxies(environment.get("POSTAL_TRUSTED_PROXIES", "0")),
        redis_url=_redis(environment.get("POSTAL_REDIS_URL", "")),
        conditions=_conditions(environment),
        witnesses=_witnesses(environment.get("POSTAL_WITNESSES", "")),
        accounts=_accounts(environment.get("POSTAL_ACCOUNTS", "")),
        metrics_token=_metrics_token(environment.get("POSTAL_METRICS_TOKEN", "")),
        gateway=_gateway(environment),
        agency_rules=AgencyRules(
            supplements=_count(
                environment, "POSTAL_SUPPLEMENTS", STANDARD_RULES.supplements, least=1
            ),
            extensions=_count(environment, "POSTAL_EXTENSIONS", STANDARD_RULES.extensions, least=0),
        ),
        half_handover_limit=timedelta(
            hours=_count(
                environment, "POSTAL_HALF_HANDOVER_HOURS", LIMIT // timedelta(hours=1), least=1
            )
        ),
        hotline=_hotline(environment.get("POSTAL_HOTLINE", "")),
        least_free_mb=_megabytes(environment.get("POSTAL_LEAST_FREE_MB", LEAST_FREE_MB)),
        demo=demo,
    )
