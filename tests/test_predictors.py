"""What the systems of this project say of a document of the benchmark: at its own offsets, under its own keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import UsageError
from pipeline.evaluation.benchmark import Benchmark, BenchmarkDocument, read_predictions
from pipeline.predictors import SYSTEMS, aligned, files_of, predict
from tests.evaluation.test_benchmark import source, tiny  # noqa: F401 - fixtures

OWN = (
    "Curcumin under a platelet coat\n\n"
    "Fe3O4 nanoparticles loaded with curcumin were coated with platelet membranes (size 98 nm).\n"
    "They were given at 5 µg/kg to BALB/c mice with breast cancer; HeLa cells served in vitro.\n"
)
REVIEW = (
    "Two coats\n\n"
    "Liposomes with doxorubicin were coated with platelet membrane to treat lymphoma (Roe et al., 2019). "
    "PLGA nanoparticles loaded with paclitaxel were camouflaged with erythrocyte membrane (Abara and Li, 2021).\n\n"
    "References\n"
    "Abara C, Li D (2021) Red coats. J Coats 4:1-9.\n"
    "Roe A, Poe B (2019) Plates. J Coats 2:10-19.\n"
)


def _benchmark(*texts: str) -> Benchmark:
    documents = [
        BenchmarkDocument(id=f"x-{n}", split="dev", author="x", kind="abstract", text=text, mentions=())
        for n, text in enumerate(texts)
    ]
    return Benchmark("own", "0.1", tuple(documents), Path())


@pytest.mark.parametrize("system", SYSTEMS)
def test_names_stand_at_the_offsets_of_the_text_that_was_given(system: str) -> None:
    benchmark = _benchmark(OWN)
    (prediction,) = predict(benchmark, benchmark.documents, [system])[system]
    found = {(OWN[name.start : name.end], name.label) for name in prediction.mentions or ()}
    assert {("curcumin", "DRUG"), ("98 nm", "SIZE"), ("HeLa", "CELL_LINE"), ("BALB/c mice", "ANIMAL_MODEL")} <= found
    starts = [name.start for name in prediction.mentions or ()]
    assert starts == sorted(set(starts))
    (record,) = prediction.records
    assert record.study == "self"
    assert "curcumin" in {value.name or value.text for value in record.drugs} | {v.text.lower() for v in record.drugs}


def test_only_systems_with_rules_keep_tested_cells_out_of_the_coat() -> None:
    benchmark = _benchmark(OWN)
    found = predict(benchmark, benchmark.documents, list(SYSTEMS))
    coats = {name: {v.text for v in each[0].records[0].membranes} for name, each in found.items()}
    assert "HeLa" in coats["dictionary"]
    for name in ("rules", "pipeline"):
        assert {coat.rstrip("s") for coat in coats[name]} == {"platelet"}, name


def test_a_study_of_a_list_without_numbers_is_named_by_author_and_year() -> None:
    benchmark = _benchmark(REVIEW)
    (prediction,) = predict(benchmark, benchmark.documents, ["pipeline"])["pipeline"]
    assert {record.study for record in prediction.records} == {"Roe 2019", "Abara 2021"}


def test_without_what_was_learnt_nothing_of_the_shipped_pipeline_changes() -> None:
    benchmark = _benchmark(OWN)
    before = predict(benchmark, benchmark.documents, ["pipeline"])
    predict(benchmark, benchmark.documents, ["rules"])
    assert predict(benchmark, benchmark.documents, ["pipeline"]) == before


def test_a_document_that_is_not_in_the_folder_is_named_or_left_out(tmp_path: Path) -> None:
    away = BenchmarkDocument(id="far", split="real", author="x", kind="tables", format="pdf", doi="10.1000/1")
    benchmark = Benchmark("own", "0.1", (away,), tmp_path)
    told: list[str] = []
    assert predict(benchmark, [away], ["dictionary"], tell=told.append) == {"dictionary": []}
    assert "doi:10.1000/1" in told[0]
    path = tmp_path / "far.txt"
    path.write_text(OWN, encoding="utf-8")
    (prediction,) = predict(benchmark, [away], ["dictionary"], {"far": path})["dictionary"]
    assert prediction.mentions is None
    assert prediction.records
    with pytest.raises(UsageError, match="name the file of far"):
        predict(benchmark, [away], ["dictionary"], {"far": tmp_path / "none.pdf"})


def test_a_system_that_there_is_not_and_a_file_without_an_id_are_refused() -> None:
    with pytest.raises(UsageError, match="oracle: no such system"):
        predict(_benchmark(OWN), [], ["oracle"])
    with pytest.raises(UsageError, match="write ID=PATH"):
        files_of(["review.pdf"])
    assert files_of(["a=b=c.pdf"]) == {"a": Path("b=c.pdf")}


def test_a_folder_gives_its_files_by_the_ids_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "my paper (2).pdf").touch()
    (tmp_path / "deeper").mkdir()
    assert files_of([str(tmp_path), "x=y.pdf"]) == {"my-paper-2": tmp_path / "my paper (2).pdf", "x": Path("y.pdf")}


def test_the_command_writes_what_evaluate_reads(source: Path, tiny: Benchmark, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "made.jsonl"
    command = ["benchmark", "predict", "dictionary", "--benchmark", str(source), "--out", str(path)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert set(read_predictions(path, tiny.documents)) == {"bb-01", "bb-02", "bb-03"}
    refused = CliRunner().invoke(app, [*command, "--split", "final"])
    assert refused.exit_code == 2
    assert "there is no such split" in refused.stderr


@given(st.text("ab µ\n", max_size=30))
def test_white_space_moves_no_name(text: str) -> None:
    read = text.replace(" ", "  ").replace("\n", " ")
    places = aligned(read, text)
    assert "".join(text[places[i]] for i, c in enumerate(read) if not c.isspace()) == "".join(text.split())


def test_characters_that_a_reader_drops_or_unfolds_cost_themselves_alone() -> None:
    places = aligned("one fit three", "one \ufb01t, three")
    assert "one \ufb01t, three"[places[8] : places[12] + 1] == "three"
