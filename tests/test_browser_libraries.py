"""Browser libraries are fetched once, whole or not at all. Only npm, the outside, is faked."""

import json
import os
import stat
from pathlib import Path

import pytest

from postal_service.web.vendor import fetch as vendor

PACKAGE = {
    "dependencies": {"map": "1.0.0"},
    "vendored": {"map": ["dist/map.js", "dist/images", "LICENSE"]},
}

NPM_THAT_WORKS = """#!/bin/sh
echo "$@" >> "$NPM_CALLS"
mkdir -p node_modules/map/dist/images node_modules/map/src
echo code > node_modules/map/dist/map.js
echo image > node_modules/map/dist/images/pin.png
echo licence > node_modules/map/LICENSE
echo source > node_modules/map/src/unwanted.js
"""
NPM_WITHOUT_NETWORK = """#!/bin/sh
echo "npm error network unreachable"
exit 7
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps(PACKAGE), encoding="utf-8")
    (folder / "package-lock.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "static" / "vendor"


@pytest.fixture
def npm_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    calls = tmp_path / "npm-calls"
    calls.touch()
    monkeypatch.setenv("NPM_CALLS", str(calls))
    _put_npm(tmp_path, monkeypatch, NPM_THAT_WORKS)
    return calls


def _put_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    folder = tmp_path / "bin"
    folder.mkdir(exist_ok=True)
    npm = folder / "npm"
    npm.write_text(script, encoding="utf-8")
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
    if str(folder) not in os.environ["PATH"]:
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.usefixtures("npm_calls")
def test_only_the_named_files_are_kept(source: Path, target: Path) -> None:
    assert vendor.fetch(source, target)

    kept = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert kept == {"map/map.js", "map/images/pin.png", "map/LICENSE", ".fetched"}


def test_a_second_fetch_asks_no_registry(source: Path, target: Path, npm_calls: Path) -> None:
    vendor.fetch(source, target)

    assert not vendor.fetch(source, target)
    assert npm_calls.read_text(encoding="utf-8") == "ci\n"


def test_another_lock_file_fetches_again(source: Path, target: Path, npm_calls: Path) -> None:
    vendor.fetch(source, target)
    (source / "package-lock.json").write_text('{"changed": true}', encoding="utf-8")

    assert vendor.fetch(source, target)
    assert npm_calls.read_text(encoding="utf-8") == "ci\nci\n"


def test_a_lost_file_fetches_again(source: Path, target: Path, npm_calls: Path) -> None:
    vendor.fetch(source, target)
    (target / "map" / "map.js").unlink()

    assert vendor.fetch(source, target)
    assert (target / "map" / "map.js").exists()
    assert npm_calls.read_text(encoding="utf-8") == "ci\nci\n"


@pytest.mark.usefixtures("npm_calls")
def test_without_a_network_the_old_files_stay_and_the_reason_is_said(
    source: Path,
    target: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    vendor.fetch(source, target)
    (source / "package-lock.json").write_text('{"changed": true}', encoding="utf-8")
    _put_npm(tmp_path, monkeypatch, NPM_WITHOUT_NETWORK)

    status = vendor.main([str(source), str(target)])

    assert status == 1
    said = capsys.readouterr().err
    assert "npm error network unreachable" in said
    assert "registry must be reachable the first time" in said
    assert (target / "map" / "map.js").read_text(encoding="utf-8") == "code\n"


@pytest.mark.usefixtures("npm_calls")
def test_a_file_the_library_has_not_is_refused_by_name(source: Path, target: Path) -> None:
    package = {**PACKAGE, "vendored": {"map": ["dist/no-such-file.js"]}}
    (source / "package.json").write_text(json.dumps(package), encoding="utf-8")

    with pytest.raises(vendor.FetchError, match=r"map/dist/no-such-file\.js"):
        vendor.fetch(source, target)
    assert not target.exists()


def test_every_pinned_library_brings_its_licence() -> None:
    package = json.loads((vendor.HERE / "package.json").read_text(encoding="utf-8"))

    assert package["vendored"].keys() == package["dependencies"].keys()
    for library, paths in package["vendored"].items():
        assert any("LICEN" in path for path in paths), library
