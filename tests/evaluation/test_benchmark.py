"""The public benchmark: its folder, its schema, and what its scorer makes of predictions."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import GoldError, UsageError
from pipeline.evaluation.benchmark import (
    SPLITS,
    Benchmark,
    Prediction,
    SplitScores,
    compare_predictions,
    load_benchmark,
    of_split,
    read_predictions,
    release_benchmark,
    schema,
    score_predictions,
    verify,
    write_benchmark,
    write_predictions,
)
from pipeline.evaluation.benchmark.documents import study_name
from pipeline.evaluation.benchmark.folder import CHECKSUMS, benchmark_dir, read_checksums, schemas
from pipeline.evaluation.benchmark.rates import difference_of, rate_of
from pipeline.evaluation.voices import MarkedText, with_tags, without_tags

ROOT = Path(__file__).resolve().parents[2]

OWN = """\
kind: abstract
{{Curcumin|DRUG|cargo|self}} in a coat

{{Fe<sub>3</sub>O<sub>4</sub>|CORE|core|self}} spheres with {{curcumin|DRUG|cargo|self}} ({{CUR|DRUG|cargo|self}}) \
were coated with {{HeLa|CELL_LINE|membrane_source|self}} membrane ({{98 nm|SIZE|coated|self}}) for \
{{cervical cancer|DISEASE|target|self}}. Free {{curcumin|DRUG|comparator|self}} and {{A549|CELL_LINE|test_cells|self}} \
cells served to compare.
---
{"ref": null, "membranes": ["HeLa"], "cores": ["Fe<sub>3</sub>O<sub>4</sub>"], "drugs": ["curcumin"], \
"sizes": ["98 nm"], "diseases": ["cervical cancer"], "animal_models": [], "modalities": [], \
"optional": {"diseases": ["tumour"]}}
"""
REVIEW = """\
kind: review
Coats

{{Platelet|CELL_TYPE|membrane_source|7}} membrane on {{PLGA|CORE|core|7}} [7]. \
{{Macrophage|CELL_TYPE|membrane_source|Li2020}} membrane on {{silica|CORE|core|Li2020}} (Li et al., 2020).

References
7. Roe A. {{PLGA|CORE|core|7}} in plates. 2019.
---
{"ref": "7", "membranes": ["platelet"], "cores": ["PLGA"], "drugs": [], "sizes": [], \
"diseases": [], "animal_models": [], "modalities": [], "optional": {}}
{"ref": "Li et al. (2020)", "membranes": ["macrophage"], "cores": ["silica"], "drugs": [], "sizes": [], \
"diseases": [], "animal_models": [], "modalities": ["chemo-photothermal therapy"], "optional": {}}
"""
NEGATIVE = """\
kind: negative
Bare

{{Silica|CORE|core|-}} of {{50 nm|SIZE|none|-}} without any membrane.
---
"""
PAPER = {"ref": None, "membranes": ["RAW264.7"], "cores": ["ZIF-8"], "drugs": [], "sizes": [], "diseases": [],
         "animal_models": [], "modalities": [], "optional": {}}  # fmt: skip
MANIFEST = """\
name = "tiny"
version = "0.1"
license = "MIT"
voices = "corpus/voices"

[authors]
train = ["aa"]
dev = ["bb"]

[[papers]]
folder = "corpus/papers"
author = "pp"
split = "test"
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A repository with a benchmark of five texts; the folder of its manifest."""
    root = tmp_path / "repository"
    texts = {"aa/aa-01": NEGATIVE, "bb/bb-01": OWN, "bb/bb-02": REVIEW, "bb/bb-03": NEGATIVE}
    for name, text in texts.items():
        path = root / "corpus" / "voices" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    papers = root / "corpus" / "papers"
    papers.mkdir()
    (papers / "pp-01.md").write_text("# Zeolitic cages\n\nZIF-8 in RAW264.7 membrane; others used PLGA [2].\n")
    (papers / "pp-01.json").write_text(json.dumps([PAPER, {**PAPER, "ref": "2"}]))
    (papers / "pp-02.md").write_text("# Bare cages\n\nZIF-8 alone.\n")
    (papers / "pp-02.json").write_text("[]")
    (papers / "qq-01.md").write_text("# By another author\n")
    folder = root / "gold" / "benchmark"
    folder.mkdir(parents=True)
    (folder / "benchmark.toml").write_text(MANIFEST)
    (folder / "datasheet.md").write_text("# Tiny\n")
    release_benchmark(folder)
    return folder


@pytest.fixture
def tiny(source: Path) -> Benchmark:
    return load_benchmark(source)


def truth(benchmark: Benchmark) -> dict[str, Prediction]:
    """What the gold says, as predictions."""
    found = {}
    for document in benchmark.documents:
        names = [{"start": m.start, "end": m.end, "label": m.label, "role": m.role} for m in document.mentions or ()]
        records = [
            {"study": r.study}
            | {
                field: [value.text for value in getattr(r, field) or () if not value.optional]
                for field in ("membranes", "cores", "drugs", "sizes", "diseases", "animal_models", "modalities")
            }
            for r in document.records
        ]
        given = {"id": document.id, "records": records} | ({} if document.mentions is None else {"mentions": names})
        found[document.id] = Prediction.model_validate(given)
    return found


def changed(prediction: Prediction, **more: Any) -> Prediction:
    return Prediction.model_validate({**prediction.model_dump(), **more})


def dev(benchmark: Benchmark, predictions: dict[str, Prediction]) -> SplitScores:
    return score_predictions(benchmark.documents, predictions, ["dev"])[0]


class TestFolder:
    def test_it_stands_alone_with_the_same_documents(self, source: Path, tiny: Benchmark, tmp_path: Path) -> None:
        sums = write_benchmark(tmp_path / "written", source)
        again = load_benchmark(tmp_path / "written")
        assert set(again.documents) == set(tiny.documents)
        assert (again.name, again.version) == ("tiny", "0.1")
        assert read_checksums(tmp_path / "written" / CHECKSUMS) == sums
        assert write_benchmark(tmp_path / "other", source) == sums

    def test_every_line_is_as_the_schema_in_the_folder_says(self, source: Path, tmp_path: Path) -> None:
        write_benchmark(tmp_path / "written", source)
        rules = json.loads((tmp_path / "written" / "document.schema.json").read_text())
        lines = [line for s in SPLITS for line in (tmp_path / "written" / f"{s}.jsonl").read_text("utf-8").splitlines()]
        assert len(lines) == 6
        for line in lines:
            jsonschema.validate(json.loads(line), rules)

    @pytest.mark.parametrize("harm", ["changed", "missing"])
    def test_a_file_that_is_not_what_was_written_is_refused(self, source: Path, tmp_path: Path, harm: str) -> None:
        write_benchmark(tmp_path / "written", source)
        path = tmp_path / "written" / "dev.jsonl"
        if harm == "changed":
            path.write_text(path.read_text("utf-8").replace("HeLa", "KB"), encoding="utf-8")
        else:
            path.unlink()
        with pytest.raises(GoldError, match=r"dev\.jsonl: .*write the folder again"):
            load_benchmark(tmp_path / "written")

    def test_an_earlier_version_is_replaced_and_nothing_else(self, source: Path, tmp_path: Path) -> None:
        write_benchmark(tmp_path / "written", source)
        (tmp_path / "written" / "stale.jsonl").write_text("{}")
        write_benchmark(tmp_path / "written", source)
        assert not (tmp_path / "written" / "stale.jsonl").exists()
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "thesis.txt").write_text("mine")
        with pytest.raises(UsageError, match="holds something that is no benchmark"):
            write_benchmark(tmp_path / "mine", source)

    def test_without_the_texts_it_says_where_they_are(self, source: Path, tmp_path: Path) -> None:
        (source.parents[1] / "corpus").rename(tmp_path / "gone")
        with pytest.raises(GoldError, match="clone the repository"):
            load_benchmark(source)

    def test_of_an_author_s_papers_those_that_are_named_are_taken(self, source: Path) -> None:
        every = of_split(load_benchmark(source).documents, "test")
        assert [(d.id, d.kind, len(d.records)) for d in every] == [("pp-01", "paper", 1), ("pp-02", "negative", 0)]
        text = MANIFEST + 'documents = ["pp-02"]\n'
        (source / "benchmark.toml").write_text(text)
        assert [d.id for d in of_split(load_benchmark(source).documents, "test")] == ["pp-02"]

    def test_a_gold_set_on_published_papers_gives_a_document_each(self, source: Path) -> None:
        gold = source.parent / "mine"
        gold.mkdir()
        (gold / "gold.toml").write_text('title = "Mine"\nlicense = "CC0"\n')
        rows = [
            "study,doi,field,text,name,curie,source",
            "my paper (2),10.1000/1,membranes,HeLa,HeLa,,p. 1",
            "two,,cores,PLGA,PLGA,,p. 2",
            "review/7,10.1000/7,cores,PLGA,PLGA,,p. 2",
            "review/8,,cores,silica,silica,,p. 2",
        ]
        (gold / "gold.csv").write_text("\n".join(rows))
        text = MANIFEST + '\n[[reviews]]\ngold = "gold/mine"\nauthor = "me"\nsplit = "real"\n'
        (source / "benchmark.toml").write_text(text)
        one, two, review = of_split(load_benchmark(source).documents, "real")
        assert (one.id, one.doi, one.kind, list(one.studies)) == ("my-paper-2", "10.1000/1", "paper", ["self"])
        assert two.records[0].membranes is None
        assert [value.text for value in two.records[0].cores or ()] == ["PLGA"]
        assert (review.id, review.doi, review.kind, list(review.studies)) == ("review", None, "review", ["7", "8"])
        assert values(load_benchmark(source), "review", "cores", [{"doi": "10.1000/7", "cores": ["PLGA"]}]) == (1, 1, 2)


class TestShipped:
    """The benchmark itself; no test reads what its test split says."""

    def test_it_is_the_released_version(self, tmp_path: Path) -> None:
        released = read_checksums(benchmark_dir() / CHECKSUMS)
        hint = "the benchmark changed: raise its version, tell it in CHANGELOG.md, run scripts/release_benchmark.py"
        assert write_benchmark(tmp_path / "written") == released, hint
        verify(tmp_path / "written")
        assert load_benchmark(tmp_path / "written").released
        assert load_benchmark(benchmark_dir()).released is None

    def test_its_schemas_are_those_that_are_checked(self) -> None:
        for name, rules in schemas().items():
            assert json.loads((benchmark_dir() / name).read_text(encoding="utf-8")) == rules

    def test_no_author_stands_in_two_splits_and_the_marked_texts_stand_as_their_folder_says(self) -> None:
        benchmark = load_benchmark(benchmark_dir())
        authors = {split: {d.author for d in of_split(benchmark.documents, split)} for split in SPLITS}
        assert sum(map(len, authors.values())) == len(set.union(*authors.values()))
        sides = tomllib.loads((ROOT / "corpus" / "voices" / "splits.toml").read_text())
        stands = {author: side for side, some in sides.items() for author in some}
        wanted = {"train": {"learn"}, "dev": {"decide"}, "test": {"report", "fresh"}}
        for split, on in wanted.items():
            assert {stands[author] for author in authors[split] if author in stands} == on

    def test_names_stand_where_their_offsets_say(self) -> None:
        for document in of_split(load_benchmark(benchmark_dir()).documents, "train"):
            assert document.text is not None
            for name in document.mentions or ():
                surface = document.text[name.start : name.end]
                assert surface == surface.strip() != ""
            assert not re.search(r"\{\{|\}\}|</?su[bp]>", document.text)

    def test_the_example_in_the_docs_is_a_right_prediction(self, tmp_path: Path) -> None:
        page = (ROOT / "docs" / "benchmark.md").read_text(encoding="utf-8")
        example = re.search(r"```json\n(.*?)```", page, re.DOTALL)
        assert example is not None
        path = tmp_path / "example.jsonl"
        path.write_text(json.dumps(json.loads(example[1])), encoding="utf-8")
        benchmark = load_benchmark(benchmark_dir())
        predictions = read_predictions(path, benchmark.documents)
        document = next(d for d in benchmark.documents if d.id in predictions)
        scores = score_predictions([document], predictions)[0]
        assert scores.mentions is not None
        assert scores.mentions["all"]["all"]["strict"].precision == 1
        assert scores.values["all"]["all"].precision == 1


class TestMarks:
    def test_tags_are_no_text_and_offsets_are_those_of_what_is_left(self, tiny: Benchmark) -> None:
        document = next(d for d in tiny.documents if d.id == "bb-01")
        assert document.text is not None
        assert "Fe3O4 spheres" in document.text
        assert [document.text[m.start : m.end] for m in document.mentions or ()][:5] == [
            "Curcumin", "Fe3O4", "curcumin", "CUR", "HeLa",
        ]  # fmt: skip
        assert [document.text[s.start - 2 : s.end] for s in document.scripts] == ["Fe3", "3O4"]

    @given(
        st.lists(st.tuples(st.sampled_from(["sub", "sup", ""]), st.text("abμ 3", min_size=1, max_size=4)), max_size=6)
    )
    def test_tags_come_back(self, runs: list[tuple[str, str]]) -> None:
        text = "".join(f"<{tag}>{words}</{tag}>" if tag else words for tag, words in runs)
        plain, scripts = without_tags(MarkedText("x-1", "abstract", text, (), ()))
        assert plain.text == "".join(words for _, words in runs)
        assert with_tags(plain.text, scripts) == text

    def test_names_in_the_list_of_references_are_not_scored(self, tiny: Benchmark) -> None:
        document = next(d for d in tiny.documents if d.id == "bb-02")
        assert document.text is not None
        at = document.text.rindex("PLGA")
        assert all(m.start < at for m in document.mentions or ())
        right = truth(tiny)
        names = [n.model_dump() for n in right["bb-02"].mentions or ()]
        more = changed(right["bb-02"], mentions=[*names, {"start": at, "end": at + 4, "label": "CORE"}])
        assert dev(tiny, right | {"bb-02": more}) == dev(tiny, right)

    def test_a_name_in_brackets_is_the_name_before_it(self, tiny: Benchmark) -> None:
        document = next(d for d in tiny.documents if d.id == "bb-01")
        (drug,) = document.records[0].drugs or ()
        assert set(drug.also) == {"Curcumin", "CUR"}


class TestScores:
    def test_what_the_gold_says_is_perfect(self, tiny: Benchmark) -> None:
        scores = dev(tiny, truth(tiny))
        assert scores.mentions is not None
        assert scores.roles is not None
        assert scores.role_accuracy is not None
        rates = [
            scores.values["all"]["all"], scores.records["all"], scores.mentions["all"]["all"]["strict"],
            scores.mentions["all"]["all"]["partial"], scores.roles["all"]["all"], scores.role_accuracy["all"],
            scores.values["review"]["membranes"],
        ]  # fmt: skip
        assert [rate.f1 for rate in rates] == [1.0] * len(rates)
        assert (scores.false_records.right, scores.false_records.documents) == (0, 1)
        assert (scores.answered, scores.documents) == (3, 3)

    def test_nothing_found_is_nothing_right(self, tiny: Benchmark) -> None:
        scores = dev(tiny, {"bb-03": Prediction(id="bb-03", mentions=())})
        assert scores.mentions is not None
        assert scores.mentions["all"]["all"]["strict"].recall == 0
        assert scores.values["all"]["all"].recall == 0
        assert scores.values["all"]["all"].precision is None
        assert (scores.answered, scores.documents) == (1, 3)
        assert scores.roles is None

    def test_without_mentions_names_are_not_scored(self, tiny: Benchmark) -> None:
        right = {name: changed(each, mentions=None) for name, each in truth(tiny).items()}
        scores = dev(tiny, right)
        assert scores.mentions is None
        assert scores.role_accuracy is None
        assert scores.values["all"]["all"].f1 == 1

    def test_only_splits_that_are_spoken_of_are_scored(self, tiny: Benchmark) -> None:
        right = truth(tiny)
        assert [s.split for s in score_predictions(tiny.documents, right)] == ["train", "dev", "test"]
        assert [s.split for s in score_predictions(tiny.documents, {"pp-01": right["pp-01"]})] == ["test"]

    def test_boundaries_that_are_near_count_half_in_the_partial_scheme(self, tiny: Benchmark) -> None:
        right = truth(tiny)
        names = [n.model_dump() for n in right["bb-03"].mentions or ()]
        names[0]["end"] += 3
        scores = dev(tiny, {"bb-03": changed(right["bb-03"], mentions=names)})
        assert scores.mentions is not None
        negative = scores.mentions["negative"]["all"]
        assert (negative["strict"].right, negative["partial"].right) == (1, 1.5)

    def test_a_wrong_role_costs_the_role_alone(self, tiny: Benchmark) -> None:
        right = truth(tiny)
        names = [n.model_dump() for n in right["bb-01"].mentions or ()]
        names[-1]["role"] = "membrane_source"
        scores = dev(tiny, right | {"bb-01": changed(right["bb-01"], mentions=names)})
        assert scores.mentions is not None
        assert scores.roles is not None
        assert scores.mentions["all"]["all"]["strict"].f1 == 1
        assert scores.roles["all"]["test_cells"].recall == 0
        assert scores.roles["all"]["membrane_source"].found == scores.roles["all"]["membrane_source"].wanted + 1


def values(
    benchmark: Benchmark, document: str, field: str, records: list[dict[str, Any]]
) -> tuple[float, float, float]:
    """How many values of a field are right, found and wanted in one document."""
    only = [d for d in benchmark.documents if d.id == document]
    prediction = Prediction.model_validate({"id": document, "records": records})
    rate = score_predictions(only, {document: prediction})[0].values["all"][field]
    return rate.right, rate.found, rate.wanted


class TestValues:
    @pytest.mark.parametrize(
        ("field", "given", "counts"),
        [
            ("drugs", ["CUR"], (1, 1, 1)),
            ("drugs", [{"text": "diferuloylmethane", "name": "curcumin"}], (1, 1, 1)),
            ("drugs", ["curcumin", "CUR", "Curcumin"], (1, 1, 1)),
            ("drugs", ["curcumin", "aspirin"], (1, 2, 1)),
            ("membranes", ["HeLa cells"], (1, 1, 1)),
            ("membranes", ["A549"], (0, 1, 1)),
            ("cores", ["Fe3O4 nanoparticles"], (1, 1, 1)),
            ("cores", [{"text": "IONPs", "materials": [{"name": "Fe3O4"}]}], (1, 1, 1)),
            ("sizes", ["98.0 nm"], (1, 1, 1)),
            ("sizes", ["0.098 µm"], (1, 1, 1)),
            ("sizes", ["98 ± 4 nm"], (1, 1, 1)),
            ("sizes", ["about as small as a virus"], (0, 1, 1)),
            ("sizes", ["9" * 400 + " nm", "1e999 nm", "980 nm"], (0, 3, 1)),
            ("membranes", ["\x00", "a" * 5000], (0, 2, 1)),
            ("diseases", ["tumour"], (0, 0, 1)),
            ("animal_models", ["mice"], (0, 1, 0)),
        ],
    )
    def test_a_value_is_right_by_any_name_the_text_gives_it(
        self, tiny: Benchmark, field: str, given: list[Any], counts: tuple[int, int, int]
    ) -> None:
        assert values(tiny, "bb-01", field, [{field: given}]) == counts

    @pytest.mark.parametrize("key", ["Li et al. (2020)", "Li2020", "Li 2020", "li et al., 2020"])
    def test_a_study_is_found_however_its_key_is_printed(self, tiny: Benchmark, key: str) -> None:
        assert values(tiny, "bb-02", "cores", [{"study": key, "cores": ["silica"]}]) == (1, 1, 2)

    def test_records_of_one_study_are_taken_together(self, tiny: Benchmark) -> None:
        records = [{"study": "7", "cores": ["PLGA"]}, {"study": "[7]", "cores": ["PLGA"], "membranes": ["platelets"]}]
        assert values(tiny, "bb-02", "cores", records) == (1, 1, 2)
        assert values(tiny, "bb-02", "membranes", records) == (1, 1, 2)

    def test_a_record_of_another_study_is_wrong_with_all_its_values(self, tiny: Benchmark) -> None:
        assert values(tiny, "bb-02", "cores", [{"study": "9", "cores": ["PLGA", "silica"]}]) == (0, 2, 2)

    def test_a_combination_of_modalities_is_its_parts(self, tiny: Benchmark) -> None:
        given = [{"study": "Li 2020", "modalities": ["photothermal therapy", "chemotherapy"]}]
        assert values(tiny, "bb-02", "modalities", given) == (2, 2, 2)
        given = [{"study": "Li 2020", "modalities": ["chemo-photothermal therapy"]}]
        assert values(tiny, "bb-02", "modalities", given) == (2, 2, 2)

    def test_an_adjective_names_its_therapy(self, tiny: Benchmark) -> None:
        given = [{"study": "Li 2020", "modalities": ["photothermal", "chemotherapy"]}]
        assert values(tiny, "bb-02", "modalities", given) == (2, 2, 2)

    def test_in_a_paper_only_its_own_work_is_covered(self, tiny: Benchmark) -> None:
        records = [{"cores": ["ZIF-8"]}, {"study": "2", "cores": ["PLGA"]}]
        assert values(tiny, "pp-01", "cores", records) == (1, 1, 1)

    def test_a_record_of_a_text_without_a_coat_is_false(self, tiny: Benchmark) -> None:
        right = truth(tiny)
        scores = dev(tiny, right | {"bb-03": changed(right["bb-03"], records=[{"cores": ["silica"]}])})
        assert (scores.false_records.right, scores.false_records.documents) == (1, 1)
        assert scores.values["all"]["all"].f1 == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("not json", r"line 2: is no JSON .*one object per line"),
        ("[" * 100_000, r"line 2: "),
        ('{"id": "bb-01", "records": [{"drugs": ["\\ud800"]}]}', r"line 2: holds half of a surrogate pair"),
        ("[]", r"line 2: the line: should be an object"),
        ('{"records": []}', r"line 2: id: is missing"),
        ('{"id": "bb-1"}', r"line 2: no document .*'bb-1' \(nearest: bb-01\)"),
        ('{"id": "aa-01"}', r"line 2: aa-01 stands in line 1 already"),
        ('{"id": "bb-01", "entities": []}', r"line 2: entities: is no key that belongs here"),
        ('{"id": "bb-01", "mentions": [{"start": 0, "end": 4, "label": "PROTEIN"}]}', r"line 2: mentions\.0\.label: "),
        ('{"id": "bb-01", "mentions": [{"start": 4, "end": 4, "label": "DRUG"}]}', r"mentions\.0: 4-4 is no range"),
        ('{"id": "bb-01", "mentions": [{"start": 0, "end": 9999, "label": "DRUG"}]}', r"mentions\.0: .*counts from 0"),
        (
            '{"id": "bb-01", "mentions": [{"start": 1, "end": 9, "label": "DRUG", "text": "Curcumin"}]}',
            r"stands 'urcumin ', not 'Curcumin'; count code points",
        ),
        (
            '{"id": "bb-01", "mentions": [{"start": 0, "end": 8, "label": "DRUG"}, '
            '{"start": 0, "end": 8, "label": "DRUG"}]}',
            r"mentions\.1: is mentions\.0 again",
        ),
        ('{"id": "bb-01", "records": [{"drugs": [""]}]}', r"records\.0\.drugs: .*empty string; leave it out"),
        ('{"id": "bb-01", "records": [{"drugs": [{"name": "x"}]}]}', r"records\.0\.drugs\.0.*: "),
        ('{"id": "bb-01", "records": {"drugs": ["x"]}}', r"records: should be a list"),
        ('{"id": "bb-01", "records": [{"drugs": "x"}]}', r"records\.0\.drugs: should be a list"),
        ('{"id": "bb-01", "records": [{"study": 7}]}', r"records\.0\.study: should be a string"),
        ('{"id": "bb-01", "mentions": [{"start": 0.5, "end": 4, "label": "DRUG"}]}', r"start: should be a whole"),
        ('{"id": "bb-01", "records": [{"drug": ["x"]}]}', r"records\.0\.drug: is no key"),
        ('{"id": "pp-01", "mentions": [{"start": 0, "end": 1, "label": "DRUG", "role": "hero"}]}', r"\.0\.role: "),
    ],
)  # fmt: skip
def test_a_line_that_is_not_as_it_should_be_is_named(tiny: Benchmark, tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(f'{{"id": "aa-01"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=told) as caught:
        read_predictions(path, tiny.documents)
    assert str(path) in str(caught.value)
    assert "docs/benchmark.md" in str(caught.value)


def test_every_line_is_told_of_and_a_long_list_is_cut(tiny: Benchmark, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text("x\n" * 30, encoding="utf-8")
    with pytest.raises(UsageError, match="and 10 more") as caught:
        read_predictions(path, tiny.documents)
    assert "line 1:" in str(caught.value)
    assert "line 20:" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe{"])
def test_a_file_without_predictions_is_refused(tiny: Benchmark, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"mine\.jsonl"):
        read_predictions(path, tiny.documents)


def test_predictions_that_are_written_are_read_again_and_fit_the_schema(tiny: Benchmark, tmp_path: Path) -> None:
    right = truth(tiny)
    path = tmp_path / "mine.jsonl"
    write_predictions(right.values(), path)
    assert read_predictions(path, tiny.documents) == right
    for line in path.read_text(encoding="utf-8").splitlines():
        jsonschema.validate(json.loads(line), schema())
    jsonschema.Draft202012Validator.check_schema(schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"id": "bb-01", "mentions": [{"start": 0, "end": 1, "label": "PROTEIN"}]}, schema())


@pytest.mark.parametrize(
    ("printed", "name"),
    [("self", "self"), ("[14]", "14"), (" 14 ", "14"), ("Sørensen 2023", "sørensen 2023"),
     ("Li et al., 2020a", "li 2020a"), ("O'Hara-Quist and Rao (2019)", "o'hara-quist 2019")],
)  # fmt: skip
def test_a_study_has_one_name(printed: str, name: str) -> None:
    assert study_name(printed) == name


class TestRates:
    def test_rates_are_micro_averages(self) -> None:
        rate = rate_of([(1, 2, 1), (3, 4, 9)])
        assert (rate.precision, rate.recall, rate.f1) == (4 / 6, 4 / 10, 8 / 16)
        assert rate.f1_interval is not None
        assert rate.f1_interval.low <= 0.5 <= rate.f1_interval.high

    def test_documents_that_are_alike_leave_no_room_and_one_alone_has_no_interval(self) -> None:
        rate = rate_of([(1, 2, 2)] * 5)
        assert rate.f1_interval is not None
        assert (rate.f1_interval.low, rate.f1_interval.high) == (0.5, 0.5)
        assert rate_of([(1, 2, 2)]).f1_interval is None

    def test_without_anything_there_is_no_rate(self) -> None:
        assert rate_of([]).f1 is None
        assert rate_of([(0, 0, 3)]).precision is None


class TestDifferences:
    def test_a_system_gains_what_it_finds_more(self, tiny: Benchmark) -> None:
        right = truth(tiny)
        poorer = right | {"bb-02": changed(right["bb-02"], records=[{"study": "7", "cores": ["PLGA"]}])}
        gains = compare_predictions(tiny.documents, poorer, right, "dev")
        assert gains["cores"].after == 1
        assert gains["cores"].gain == pytest.approx(1 - 4 / 5)
        assert gains["drugs"].gain == 0
        assert gains["animal_models"].gain is None
        assert gains["names, strict"].gain == 0

    def test_chance_is_told_from_gain(self) -> None:
        same = difference_of([(1, 2, 2)] * 40, [(1, 2, 2)] * 40)
        assert (same.gain, same.p) == (0, 1)
        better = difference_of([(1, 2, 2)] * 40, [(2, 2, 2)] * 40)
        assert better.gain == 0.5
        assert better.p is not None
        assert better.p < 0.001
        assert better.interval is not None
        assert better.interval.low > 0
        turned = difference_of([(2, 2, 2)] * 40, [(1, 2, 2)] * 40)
        assert (turned.gain, turned.p) == (-0.5, better.p)


class TestCommands:
    def test_two_files_are_compared(self, source: Path, tiny: Benchmark, tmp_path: Path) -> None:
        one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"
        write_predictions(truth(tiny).values(), one)
        write_predictions([Prediction(id="bb-01")], other)
        command = ["evaluate", "--benchmark", str(source), "--predictions", str(one), "--against", str(other)]
        shown = CliRunner().invoke(app, [*command, "--split", "dev"])
        assert shown.exit_code == 0, shown.output
        assert re.search(r"values +0\.000 +1\.000 +\+1\.000", shown.output)
        (told,) = json.loads(CliRunner().invoke(app, [*command, "--split", "dev", "--json"]).output)["against"]
        assert (told["split"], told["differences"]["values"]["gain"]) == ("dev", 1)

    def test_a_folder_is_written_checked_and_scored_on(self, source: Path, tiny: Benchmark, tmp_path: Path) -> None:
        folder, path = tmp_path / "written", tmp_path / "mine.jsonl"
        write_benchmark(folder, source)
        write_predictions(truth(tiny).values(), path)
        told = CliRunner().invoke(app, ["benchmark", "check", str(folder)])
        assert told.exit_code == 0
        assert "tiny 0.1" in told.output
        command = ["evaluate", "--benchmark", str(folder), "--predictions", str(path)]
        shown = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "scores")])
        assert shown.exit_code == 0
        assert "dev: 3 of 3 documents answered" in shown.output
        assert "tiny 0.1 (not the released files" in shown.output
        assert "false records: 0 of 1" in shown.output
        kept = json.loads((tmp_path / "scores" / "scores.json").read_text(encoding="utf-8"))
        printed = json.loads(CliRunner().invoke(app, [*command, "--json"]).output)
        assert kept == printed
        assert [each["split"] for each in kept["splits"]] == ["train", "dev", "test"]
        one = json.loads(CliRunner().invoke(app, [*command, "--split", "test", "--json"]).output)
        assert [each["split"] for each in one["splits"]] == ["test"]

    @pytest.mark.parametrize(
        ("more", "told"),
        [
            (["--gold", "x"], "--benchmark goes with"),
            (["--baselines"], "--benchmark goes with"),
            (["--split", "final"], "there is no such split"),
        ],
    )
    def test_options_that_do_not_go_together_are_refused(self, source: Path, more: list[str], told: str) -> None:
        command = ["evaluate", "--benchmark", str(source), "--predictions", "x.jsonl", *more]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 2
        assert told in result.stderr

    def test_evaluate_wants_gold_or_a_benchmark(self) -> None:
        result = CliRunner().invoke(app, ["evaluate", "--predictions", "x"])
        assert result.exit_code == 2
        assert "--gold" in result.stderr
