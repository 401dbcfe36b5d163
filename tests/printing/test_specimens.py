"""The specimens that the documentation shows come out of one command."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from postal_service import printing, web
from postal_service.printing.__main__ import main
from postal_service.printing.specimens import SPECIMENS, specimens
from tests.printing.papers import PAPERS

PAGES = Path(web.__path__[0])


def rendered_in(source: Path) -> Iterator[str]:
    """The modules of postal_service/printing whose `render` this file calls, whatever it names them."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    called = {
        name.asname or name.name: name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == printing.__name__
        for name in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            if node.func.attr == "render" and isinstance(of, ast.Name) and of.id in called:
                yield called[of.id]


def test_every_paper_that_has_a_specimen_is_printed_by_some_page() -> None:
    papers = {written.func.__module__.rpartition(".")[2] for written in SPECIMENS.values()}
    pages = {paper for source in PAGES.rglob("*.py") for paper in rendered_in(source)}

    assert len(papers) > 25
    assert not sorted(papers - pages), "no user can ever get these papers"


def test_one_command_prints_a_specimen_of_every_paper(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "papers")]) == 0

    written = sorted((tmp_path / "papers").glob("*.pdf"))
    assert len(written) == len(PAPERS)
    assert {path.stem: path.read_bytes() for path in written} == specimens()
    assert capsys.readouterr().out.split() == [
        str(tmp_path / "papers" / f"{name}.pdf") for name in specimens()
    ]


def test_another_process_prints_the_same_bytes(tmp_path: Path) -> None:
    here = specimens()
    subprocess.run(
        [sys.executable, "-m", printing.__name__, str(tmp_path)],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )

    assert {path.stem: path.read_bytes() for path in tmp_path.glob("*.pdf")} == here


@pytest.mark.parametrize("arguments", [[], ["one", "two"], ["--help"]])
def test_a_call_without_one_folder_says_how_to_call(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "usage:" in capsys.readouterr().err
