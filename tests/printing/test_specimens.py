"""The specimens that the documentation shows come out of one command."""

from pathlib import Path

import pytest

from postal_service.printing.__main__ import main
from postal_service.printing.specimens import specimens
from tests.printing.papers import PAPERS


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


@pytest.mark.parametrize("arguments", [[], ["one", "two"], ["--help"]])
def test_a_call_without_one_folder_says_how_to_call(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "usage:" in capsys.readouterr().err
