"""Curation reaches every product: what is published after decisions, and what stays as the run found it."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import export
from pipeline.cli import app
from pipeline.curation.session import RefusedError, Session
from pipeline.export.curated import published, size_of
from pipeline.export.formats import FORMATS
from pipeline.folder import RunFolder
from pipeline.records import FIELDS, Record

from ..export.conftest import Found

pytestmark = pytest.mark.usefixtures("in_process")

MakeSession = Callable[..., Session]
BREAST_CANCER = "mesh:D001943"
SAY_NO_VALUES = {"highlighted", "jsonschema", "prefixes", "rocrate"}


@pytest.fixture
def curated(session: Session, key: str, found: Found) -> Session:
    """One value rejected, one corrected, one accepted, two added, a size corrected."""
    text = found[0].text
    session.reject(key, "diseases", BREAST_CANCER)
    session.correct(key, "drugs", "chebi:28748", "epirubicin", "chebi:47898")
    session.accept(key, "membranes", "cellosaurus:CVCL_0031")
    session.correct(key, "sizes", "117 nm", "ca. 120 nm", "-")
    mice, plga = text.index("Mice"), text.index("PLGA")
    session.add(key, "animal_models", "nude mice", "-", mice, mice + 4)
    session.add(key, "cores", "", "-", plga, plga + 4)
    return session


def record(run: RunFolder, key: str) -> Record:
    return next(each for each in published(run).records() if each.id == key)


def test_each_value_says_what_was_decided_and_by_whom(curated: Session, run: RunFolder, key: str) -> None:
    told = [(name, each.name, each.decision, each.decided_by) for name, each in record(run, key).items()]
    assert told == [
        ("membranes", "MCF-7", "accept", "ada"),
        ("membranes", "MCF-7", "accept", "ada"),
        ("cores", "hollow gold nanoparticles", None, None),
        ("cores", "PLGA", "add", "ada"),
        ("drugs", "epirubicin", "correct", "ada"),
        ("sizes", "ca. 120 nm", "correct", "ada"),
        ("animal_models", "nude mice", "add", "ada"),
    ]
    (size,) = record(run, key).sizes
    assert (size.value, size.unit, size.approximate) == (120, "nm", True)


def test_an_added_value_has_its_evidence(curated: Session, run: RunFolder, key: str) -> None:
    (animal,) = record(run, key).animal_models
    (mention,) = [each for each in published(run).mentions() if each.id == animal.evidence[0]]
    assert (mention.text, mention.boxes[0].page, mention.label) == ("Mice", 1, "ANIMAL_MODEL")
    (_, plga) = record(run, key).cores
    assert plga.channel == "table"
    starts = [each.start for each in published(run).mentions() if each.document_id == mention.document_id]
    assert starts == sorted(starts)


def test_what_the_run_found_stays(curated: Session, run: RunFolder, found: Found) -> None:
    raw = list(published(run, raw=True).records())
    assert raw[0] == found[2][0]
    assert '"decision"' not in (run.path / "records.jsonl").read_text()


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - SAY_NO_VALUES))
def test_no_export_holds_what_was_rejected(curated: Session, run: RunFolder, name: str, tmp_path: Path) -> None:
    if name == "parquet":
        pytest.importorskip("duckdb")
    raw = written(export.export(run.path, name, tmp_path / "raw", raw=True))
    now = written(export.export(run.path, name, tmp_path / "now"))
    assert now != raw
    assert "epirubicin" not in raw
    if name != "parquet":  # compressed, and pubannotation and pubtator name by identifier only
        assert "epirubicin" in now or "chebi:47898" in now


def written(paths: list[Path]) -> str:
    return "".join(text for path in paths for text in _texts(path))


def _texts(path: Path) -> Iterator[str]:
    """What a file says, a spreadsheet by its parts."""
    if path.suffix != ".xlsx":
        yield path.read_bytes().decode("utf-8", "replace")
        return
    with zipfile.ZipFile(path) as parts:
        yield from (parts.read(name).decode() for name in sorted(parts.namelist()))


def test_parquet_holds_the_decisions(curated: Session, run: RunFolder, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    export.export(run.path, "parquet", tmp_path)
    query = f"SELECT drugs[1].name, drugs[1].decision, drugs[1].decided_by FROM '{tmp_path}/records.parquet'"
    assert duckdb.sql(query).fetchall()[0] == ("epirubicin", "correct", "ada")


def test_the_table_and_the_report(curated: Session, run: RunFolder) -> None:
    done = export.publish(run.path)
    with (run.path / "records.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["diseases"], row["drugs"], row["sizes"]) == ("", "epirubicin", "ca. 120 nm")
    assert "epirubicin: correct (ada)" in row["decisions"]
    assert row["missing"] == "diseases: not found; modalities: not reported"
    report = (run.path / "report.html").read_text()
    assert "epirubicin" in report
    assert BREAST_CANCER not in report
    assert done.decisions == 6
    assert done.lost == 0


def test_a_table_for_a_notebook(curated: Session, run: RunFolder) -> None:
    frame = export.tidy(run.path)
    assert "breast cancer" not in set(frame["name"])
    assert frame.loc[frame["name"] == "epirubicin", "decided_by"].tolist() == ["ada"]
    assert "breast cancer" in set(export.tidy(run.path, raw=True)["name"])


def test_what_curators_dispute_stays_and_says_so(session_of: MakeSession, run: RunFolder, key: str) -> None:
    session_of("ada").reject(key, "diseases", BREAST_CANCER)
    session_of("bob").accept(key, "diseases", BREAST_CANCER)
    (disease,) = record(run, key).diseases
    assert (disease.decision, disease.decided_by) == ("disputed", "ada, bob")
    session_of("eve", adjudicate=True).reject(key, "diseases", BREAST_CANCER)
    assert record(run, key).diseases == ()


def test_a_record_of_which_nothing_holds_is_left_out(session: Session, run: RunFolder, key: str) -> None:
    for name, value in session.item(key).record.items():
        session.reject(key, name, value.key)
    assert key not in {each.id for each in published(run).records()}
    assert [each.records for each in published(run).outcomes()] == [0, 1]


def test_a_record_that_only_a_curator_made(found: Found, session_of: MakeSession, run: RunFolder) -> None:
    paper = found[0]
    (run.path / "records.jsonl").write_text("")
    session = session_of()
    (item,) = [each for each in session.queue() if each.record.document_id == paper.document.id]
    start = paper.text.index("MCF-7")
    session.add(item.record.id, "membranes", "", None, start, start + 5)
    (made,) = published(run).records()
    assert (made.id, made.study.key, made.membranes[0].curie) == (item.record.id, "self", "cellosaurus:CVCL_0031")
    assert set(made.missing) == set(FIELDS) - {"membranes"}


def test_an_accepted_value_outlives_a_run_that_does_not_find_it(
    session: Session, run: RunFolder, key: str, found: Found
) -> None:
    session.accept(key, "diseases", BREAST_CANCER)
    poorer = found[2][0].model_copy(update={"diseases": ()})
    (run.path / "records.jsonl").write_text(poorer.model_dump_json() + "\n")
    (disease,) = record(run, key).diseases
    assert (disease.name, disease.decision) == ("breast cancer", "accept")


def test_undoing_the_last_decision_restores_the_products(session: Session, run: RunFolder, key: str) -> None:
    before = export.write_records_csv(run).read_bytes()
    session.reject(key, "diseases", BREAST_CANCER)
    assert export.write_records_csv(run).read_bytes() != before
    session.undo(key)
    assert export.write_records_csv(run).read_bytes() == before


def test_publish_renews_the_exports_that_stand(curated: Session, run: RunFolder) -> None:
    old = run.path / "export" / "cananolab"
    export.export(run.path, "cananolab", old, raw=True)
    result = CliRunner().invoke(app, ["publish", str(run.path), "--format", "bioc"])
    assert result.exit_code == 0, result.stderr
    assert "epirubicin" in (old / "cananolab.csv").read_text()
    assert (run.path / "export" / "bioc").is_dir()
    raw = CliRunner().invoke(app, ["publish", str(run.path), "--raw"])
    assert raw.exit_code == 0
    assert "epirubicin" not in (old / "cananolab.csv").read_text()


def test_a_size_that_is_none_is_refused(session: Session, key: str) -> None:
    with pytest.raises(RefusedError, match="write a number and a unit"):
        session.correct(key, "sizes", "117 nm", "rather small")


@pytest.mark.parametrize(
    ("text", "value", "unit", "approximate"),
    [("120 nm", 120, "nm", False), ("ca. 1.2 µm", 1.2, "µm", True), ("100-120 nm", 110, "nm", False),
     ("105 ± 4 nm", 105, "nm", False), ("~90 nm", 90, "nm", True), ("0,5 um", 0.5, "µm", False)],
)  # fmt: skip
def test_what_a_curator_writes_of_a_size(text: str, value: float, unit: str, approximate: bool) -> None:
    size = size_of(text)
    assert size is not None
    assert (size.value, size.unit, size.approximate) == (value, unit, approximate)


def test_every_product_is_named(run: RunFolder) -> None:
    done = export.publish(run.path)
    assert all(path.is_file() for path in done.files)
    assert re.search(r"\d+ files, with decisions on 0 values applied", done.as_text())


def test_an_export_that_cannot_be_written_costs_itself_alone(run: RunFolder) -> None:
    (run.path / "highlighted").mkdir()  # its papers are not at hand
    (run.path / "ro-crate-metadata.json").write_text("old")
    done = export.publish(run.path)
    assert list(done.failed) == ["highlighted"]
    assert "--format highlighted: not written: " in done.as_text()
    assert (run.path / "ro-crate-metadata.json").read_text() != "old"
    assert CliRunner().invoke(app, ["publish", str(run.path)]).exit_code == 1
