"""What the repository says of itself is true: its documents, its decisions, its pins.

Only committed files are judged, as a clean clone holds them.
"""

import functools
import importlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]
README = "README.md"
CHANGES = "CHANGELOG.md"  # tells of what was, too

# A path in a document starts at the root, beside the document, or inside one of the packages.
TOP_FOLDERS = (
    *("postal_service", "routing", "mobile_api", "migrations"),
    *("tests", "docs", "benchmarks", "deploy", ".ci"),
)
PACKAGES = ("postal_service", "routing", "mobile_api")
SOURCE_ENDINGS = (".py", ".md", ".toml", ".yaml", ".yml", ".html", ".css", ".js")

FENCED = re.compile(r"^(```+|~~~+)[^\n]*\n(.*?)^\1", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)")
PATH_WORD = re.compile(r"\.?[\w-][\w.*-]*(?:/[\w.*-]+)*/?")
COMMAND_START = r"(?:^[ \t]*|[;&|][ \t]*|\$ )(?:[A-Z_]+=\S+[ \t]+)*"
MAKE = re.compile(
    COMMAND_START + r"make(?:[ \t]+-\w+|[ \t]+[A-Z_]+=\S+)*[ \t]+([a-z][\w-]*)", re.MULTILINE
)
POSTAL = re.compile(COMMAND_START + r"(?:\S*/)?postal[ \t]+([a-z-][^\n#;&|>]*)", re.MULTILINE)
MODULE = re.compile(r"python[\d.]*\s+-m\s+([\w.]+)")
LONG_OPTION = re.compile(r"--[a-z][\w-]*")
WORD = re.compile(r"[a-z][a-z0-9-]*")

# Written in pieces, so that this file does not name what it forbids.
MACHINE_PATH = re.compile(
    r"(?<![\w.~$}<])/(?:" + "|".join(("wor" + "k", "far" + "m", "roo" + "t")) + r")/"
    r"|/opt/(?:pypi|wheels)"
)
REGISTRY = re.compile(
    "|".join(
        (
            r"registry\.npmjs" + r"\.org",
            r"registry\.yarnpkg" + r"\.com",
            r"files\.pythonhosted" + r"\.org",
            r"pypi\.org/" + "simple",
            r"(?:extra-)?index-url\s*[= ]\s*" + "http",
            r"^\s*(?:npm_config_)?registry\s*=\s*" + "http",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
UNFINISHED = re.compile(r"\b(?:" + "TO" + "DO|FIX" + r"ME)\b")
ADR_LINES = 60


@dataclass(frozen=True, kw_only=True)
class Document:
    """A committed text for people."""

    path: str
    text: str

    @property
    def code(self) -> Iterator[str]:
        """What stands in code type, block by block and span by span."""
        for block in FENCED.finditer(self.text):
            yield block[2]
        for span in INLINE.finditer(FENCED.sub("", self.text)):
            yield span[1]

    @property
    def folder(self) -> PurePosixPath:
        return PurePosixPath(self.path).parent


@functools.cache
def committed() -> tuple[str, ...]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git clone: which files are committed cannot be known")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return tuple(path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file())


def documents() -> Iterator[Document]:
    for path in committed():
        if path.endswith(".md") and path != CHANGES:
            yield Document(path=path, text=(ROOT / path).read_text(encoding="utf-8"))


def texts() -> Iterator[tuple[str, str]]:
    """Every committed file that is text, with its path."""
    for path in committed():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content:
            yield path, content.decode("utf-8", errors="replace")


def readme() -> str:
    if README not in committed():
        pytest.fail(
            f"{README} is not committed. It is the first page anyone reads and pyproject.toml builds "
            "with it; it needs a code block that starts with `make test`, which .ci/gates runs.",
            pytrace=False,
        )
    return (ROOT / README).read_text(encoding="utf-8")


# What the documents say


def test_the_readme_tells_how_to_try_and_how_to_test() -> None:
    blocks = [block[2] for block in FENCED.finditer(readme())]
    tests = [block for block in blocks if re.match(r"make test(\s|$)", block)]

    assert tests, "README.md needs a fenced code block that starts with `make test`"
    assert "make demo" not in tests[0], "the test commands must end by themselves; the demo serves"
    assert any("make demo" in code for code in Document(path=README, text=readme()).code)


def test_every_document_is_read_in_whatever_language_and_folder() -> None:
    read = {document.path for document in documents()}
    assert {README, "README.vi.md", "docs/operations.md", "routing/README.md"} <= read


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        f"{document.path}: {target}"
        for document in documents()
        for target in LINK.findall(_without_code(document.text))
        if not re.match(r"[a-z]+:", target) and not _leads_somewhere(document, target)
    ]
    assert not broken


def test_every_path_a_document_names_exists() -> None:
    broken = [
        f"{document.path}: {word}"
        for document in documents()
        for code in document.code
        for word in code.split()
        if _is_path(word.rstrip(".,:;)")) and not _exists(document, word.rstrip(".,:;)"))
    ]
    assert not broken


def test_every_make_command_a_document_names_is_a_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))

    broken = [
        f"{document.path}: make {target}"
        for document in documents()
        for code in document.code
        for target in MAKE.findall(code)
        if target not in targets
    ]
    assert not broken


def test_every_module_a_document_runs_exists() -> None:
    broken = [
        f"{document.path}: python -m {module}"
        for document in documents()
        for code in document.code
        for module in MODULE.findall(code)
        if not _is_module(module)
    ]
    assert not broken


def test_every_postal_command_a_document_names_exists(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {
        (document.path, command.strip())
        for document in documents()
        for code in document.code
        for command in POSTAL.findall(code)
    }
    broken = []
    for path, command in sorted(said):
        words, options = _words_and_options(command)
        help_text = _help(words, monkeypatch, capsys)
        if help_text is None:
            broken.append(f"{path}: postal {command}")
        elif missing := [option for option in options if option not in help_text]:
            broken.append(f"{path}: postal {command}: no option {', '.join(missing)}")
    assert not broken


def test_the_path_rule_would_notice_a_path_that_is_not_there() -> None:
    document = Document(path="docs/a.md", text="")

    for word in (
        "postal_service/nowhere.py",
        "nowhere.py",
        "tests/no_folder/",
        "domain/nowhere.py",
    ):
        assert _is_path(word), word
        assert not _exists(document, word), word
    for word in ("tests/test_repository.py", "test_repository.py", "tests/", "tests/test_*.py"):
        assert _is_path(word), word
        assert _exists(document, word), word
    for word in (
        "application/json",
        "and/or",
        "/api/v1/batches",
        "migrations/versions/NNNN_subject.py",
    ):
        assert not _is_path(word), word


# What no committed file may hold


def test_no_file_names_a_path_of_one_machine() -> None:
    assert not _places(MACHINE_PATH)


def test_no_file_names_a_package_registry() -> None:
    assert not _places(REGISTRY)


def test_no_lock_file_holds_an_address() -> None:
    locks = [path for path in committed() if PurePosixPath(path).name == "package-lock.json"]

    assert locks
    for path in locks:
        lock = json.loads((ROOT / path).read_text(encoding="utf-8"))
        assert not [name for name, entry in lock["packages"].items() if "resolved" in entry], path
        pinned = [entry for name, entry in lock["packages"].items() if name]
        assert all("integrity" in entry for entry in pinned), path


def test_nothing_in_the_code_is_left_for_later() -> None:
    assert not [place for place in _places(UNFINISHED) if place.partition(":")[0].endswith(".py")]


# Decisions, pins, licence


def test_a_decision_fits_on_one_page_and_has_a_number_of_its_own() -> None:
    decisions = [PurePosixPath(path) for path in committed() if path.startswith("docs/adr/")]
    records = [path for path in decisions if path.suffix == ".md" and path.stem != "README"]
    lengths = {str(path): len((ROOT / path).read_text("utf-8").splitlines()) for path in records}
    numbers = [path.name[:4] for path in records]

    assert not [path for path, lines in lengths.items() if lines > ADR_LINES]
    assert not [path for path in records if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)]
    assert len(set(numbers)) == len(numbers)


def test_every_dependency_is_pinned_to_a_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        wanted += extra
    pins = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8")
    pinned = {_plain(line) for line in pins.splitlines() if not line.startswith("#")}

    missing = [requirement for requirement in wanted if _plain(requirement) not in pinned]
    assert not missing, "install them and run `make pins`"


def test_pins_are_names_and_versions_and_nothing_else() -> None:
    pins = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert pins[0].startswith("#")
    assert not [line for line in pins[1:] if not re.fullmatch(r"[\w.-]+==[\w.!+]+", line)]


def test_the_licence_is_there_in_full() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert "Apache License" in text
    assert "9. Accepting Warranty or Additional Liability." in text


# How the rules above look at the files


def _without_code(text: str) -> str:
    return INLINE.sub("", FENCED.sub("", text))


def _leads_somewhere(document: Document, target: str) -> bool:
    path, _, anchor = target.partition("#")
    place = (ROOT / document.folder / path).resolve() if path else ROOT / document.path
    if not place.exists() or not place.is_relative_to(ROOT):
        return False
    if not anchor or place.suffix != ".md":
        return True
    headings = re.findall(r"^#+\s+(.+)$", place.read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in headings}


def _is_path(word: str) -> bool:
    """Whether a word in code type claims that something of this repository is there."""
    if not PATH_WORD.fullmatch(word) or "NNNN" in word:
        return False
    first = word.split("/", maxsplit=1)[0]
    if "/" in word and first in TOP_FOLDERS:
        return True
    return word.endswith((".py", ".md")) or ("/" in word and word.endswith(SOURCE_ENDINGS))


def _exists(document: Document, word: str) -> bool:
    if "/" not in word and any(PurePosixPath(path).match(word) for path in committed()):
        return True
    path = word.rstrip("/")
    starts = ("", f"{document.folder}/", *(f"{package}/" for package in PACKAGES))
    return any(_is_committed(f"{start}{path}".removeprefix("./")) for start in starts) or (
        _is_ignored(path)
    )


def _is_committed(path: str) -> bool:
    if "*" in path:
        return any(PurePosixPath(file).match(path) for file in committed())
    return any(file == path or file.startswith(f"{path}/") for file in committed())


def _is_ignored(path: str) -> bool:
    """What is made here and never committed, such as the fetched browser libraries."""
    asked = subprocess.run(
        ["git", "check-ignore", path, f"{path}/"], cwd=ROOT, capture_output=True, check=False
    )
    return asked.returncode == 0


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _words_and_options(command: str) -> tuple[list[str], list[str]]:
    """The sub-commands that lead, and the long options anywhere."""
    words: list[str] = []
    for word in command.split():
        if not WORD.fullmatch(word):
            break
        words.append(word)
    return words, LONG_OPTION.findall(command)


def _help(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str | None:
    """What `postal WORDS --help` prints; None if there is no such command."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, function = project["scripts"]["postal"].partition(":")
    main = getattr(importlib.import_module(module), function)
    monkeypatch.setattr(sys, "argv", ["postal", *words, "--help"])
    try:
        status = main()
    except SystemExit as ended:
        status = ended.code
    printed = capsys.readouterr().out
    return printed if status in {0, None} else None


def _places(forbidden: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {found[0]}"
        for path, text in texts()
        for found in forbidden.finditer(text)
    ]


def _plain(requirement: str) -> str:
    """A distribution's name as the packaging rules compare it."""
    name = re.split(r"[\[<>=!~;\s]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()
