"""What a call is about: papers are added, never dropped by a slip, and a run's own files are no papers."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import run
from pipeline.cli import app
from pipeline.errors import UsageError
from pipeline.folder import RunFolder
from pipeline.inputs import PRODUCTS, discover, plan
from pipeline.settings import Settings

pytestmark = pytest.mark.usefixtures("in_process")

PAPER = """Coated nanoparticles number {0}

Abstract

PLGA nanoparticles loaded with doxorubicin were coated with the membrane of 4T1 cells. The coated particles were 1{0:02}
nm in diameter and slowed the growth of breast cancer in female BALB/c mice.
"""
ONE_JOB = Settings(jobs=0)


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    for number in range(3):
        (folder / f"paper{number}.txt").write_text(PAPER.format(number))
    return folder


@pytest.fixture
def out(papers: Path, tmp_path: Path) -> Path:
    run.extract([papers], tmp_path / "out", ONE_JOB)
    return tmp_path / "out"


def files(folder: Path) -> dict[str, bytes]:
    """All that stands in a run's folder, but for its lock."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def sources(out: Path) -> list[str]:
    return [Path(outcome.source).name for outcome in RunFolder(out).outcomes()]


@pytest.mark.parametrize("given", [["nosuch"], ["papers/paper0.txt"], ["papers", "nosuch"], ["empty"]])
def test_a_slip_changes_nothing(papers: Path, out: Path, given: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(papers.parent)
    Path("empty").mkdir()
    before = files(out)
    result = CliRunner().invoke(app, ["extract", *given, "--out", "out"])
    assert result.exit_code == 2
    assert files(out) == before
    assert "Nothing was changed" in result.stderr


def test_what_would_be_dropped_is_named_and_what_to_do(papers: Path, out: Path) -> None:
    with pytest.raises(UsageError, match=r"holds 3 papers.*drop 2 of them.*paper1\.txt.*paper2\.txt.*--replace"):
        run.extract([papers / "paper0.txt"], out, ONE_JOB)


def test_a_folder_without_papers_is_told_as_such(papers: Path, out: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"no paper is at the paths given.*Nothing was changed; 3 papers"):
        run.extract([tmp_path / "empty"], out, ONE_JOB)


def test_replace_drops(papers: Path, out: Path) -> None:
    run.extract([papers / "paper0.txt"], out, ONE_JOB, replace=True)
    assert sources(out) == ["paper0.txt"]
    assert len(list(RunFolder(out).records())) == 1


def test_a_path_that_does_not_exist_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        run.extract([tmp_path / "nosuch"], tmp_path / "out", replace=True)
    assert not (tmp_path / "out").exists()


def test_a_new_paper_is_added(papers: Path, out: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.txt"
    new.write_text(PAPER.format(7))
    summary = run.extract([new], out, ONE_JOB)
    assert summary.kept == 3
    assert sources(out) == ["paper0.txt", "paper1.txt", "paper2.txt", "new.txt"]
    assert len(list(RunFolder(out).records())) == 4


def test_adding_gives_what_one_call_for_all_gives(papers: Path, tmp_path: Path) -> None:
    one, two, three = (papers / f"paper{number}.txt" for number in range(3))
    run.extract([one, two, three], tmp_path / "whole", ONE_JOB)
    for added in (one, two, three):
        run.extract([added], tmp_path / "grown", ONE_JOB)
    assert files(tmp_path / "grown") == files(tmp_path / "whole")


def test_a_paper_whose_file_has_gone_stays_when_another_is_added(papers: Path, out: Path, tmp_path: Path) -> None:
    before = list(RunFolder(out).records())
    (papers / "paper1.txt").unlink()
    (papers / "new.txt").write_text(PAPER.format(7))
    run.extract([papers], out, ONE_JOB)
    folder = RunFolder(out)
    assert sorted(sources(out)) == ["new.txt", "paper0.txt", "paper1.txt", "paper2.txt"]
    assert {record.id for record in before} < {record.id for record in folder.records()}
    for record in folder.records():
        assert folder.document(record.document_id).text
    assert {m.document_id for m in folder.mentions()} == {r.document_id for r in folder.records()}


def test_papers_that_were_moved_are_the_same_papers(papers: Path, out: Path) -> None:
    moved = papers.rename(papers.with_name("elsewhere"))
    assert plan([moved], out).kept == 0
    (moved / "paper0.txt").rename(moved / "renamed.txt")
    run.extract([moved], out, ONE_JOB)
    assert sorted(sources(out)) == ["paper1.txt", "paper2.txt", "renamed.txt"]


def test_a_paper_that_could_not_be_read_may_go(papers: Path, tmp_path: Path) -> None:
    (papers / "broken.pdf").write_text("no PDF")
    run.extract([papers], tmp_path / "out", ONE_JOB)
    (papers / "broken.pdf").unlink()
    run.extract([papers], tmp_path / "out", ONE_JOB)
    assert sources(tmp_path / "out") == ["paper0.txt", "paper1.txt", "paper2.txt"]


@pytest.mark.parametrize("where", ["results", "deep/results", "."])
def test_what_a_run_wrote_among_the_papers_is_no_paper(papers: Path, where: str) -> None:
    out = papers / where
    run.extract([papers], out, ONE_JOB)
    for name in ("export/brat/paper0.txt", "curated/paper0.txt", "highlighted/paper0.pdf"):
        (out / name).parent.mkdir(parents=True)
        (out / name).write_text(PAPER.format(9))
    summary = run.extract([papers], out, ONE_JOB)
    assert summary.inputs == 3
    assert [path.name for path in discover([papers])] == ["paper0.txt", "paper1.txt", "paper2.txt"], "of another run"


def test_a_folder_of_papers_in_a_runs_folder_can_be_given(out: Path) -> None:
    (out / "mine").mkdir()
    (out / "mine" / "paper.txt").write_text(PAPER.format(8))
    assert [path.name for path in discover([out / "mine"], out)] == ["paper.txt"]


def test_all_that_a_run_writes_is_known(out: Path) -> None:
    written = {path.name for path in out.iterdir() if path.is_dir() or path.suffix in {".html", ".pdf", ".md"}}
    assert written <= PRODUCTS
