"""Each format is read back by a reader that is not ours, where one installs, else compared with what went in."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import StoreError, UsageError
from pipeline.export.formats import FORMATS, export
from pipeline.export.formats.papers import unbroken
from pipeline.export.formats.submission import checker
from pipeline.export.text import file_stem
from pipeline.export.vocabularies import curie_url, vocabularies
from pipeline.folder import RunFolder

from .conftest import Found, Paper, review, source_paper, write_run
from .isa_model import ISA_SCHEMA

OF_THE_RUN = [name for name in FORMATS if name != "highlighted"]  # which needs the papers: test_highlighted.py
HOSTILE = "<b>]]></b>&amp; \x00\x1b[31m =1+1\t|\u2028\x85 'quote\" α\ud7ff𝛼"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "exported"


def hostile_run(folder: Path) -> RunFolder:
    """A paper whose text, name and records hold what formats stumble over."""
    paper = Paper("../a b/=evil|paper.pdf", [f"First {HOSTILE} MCF-7 line.", f"Second {HOSTILE} end."], [])
    mention = paper.mention("CELL_LINE", f"{HOSTILE} MCF-7", "cellosaurus:CVCL_0031")
    _, _, (record,) = review()
    value = record.membranes[1].model_copy(update={"evidence": (mention.id,), "text": HOSTILE, "name": HOSTILE})
    hostile = record.model_copy(
        update={
            "document_id": paper.document.id,
            "formulation": HOSTILE,
            "membranes": (value,),
            **dict.fromkeys(("cores", "drugs", "sizes", "diseases"), ()),
        }
    )
    return write_run(folder, [(paper, [mention], [hostile])])


@pytest.mark.parametrize("name", OF_THE_RUN)
def test_the_same_run_gives_the_same_bytes(run: RunFolder, out: Path, name: str) -> None:
    first = {path.name: path.read_bytes() for path in export(run.path, name, out / "a")}
    assert first
    assert first == {path.name: path.read_bytes() for path in export(run.path, name, out / "b")}


@pytest.mark.parametrize("name", OF_THE_RUN)
def test_files_stay_in_the_folder(tmp_path: Path, name: str) -> None:
    run = hostile_run(tmp_path / "run")
    out = tmp_path / "out"
    for path in export(run.path, name, out):
        assert path.resolve().is_relative_to(out.resolve())
        assert re.fullmatch(r"[\w.-]+", path.name)


@pytest.mark.parametrize("name", OF_THE_RUN)
def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, out: Path, name: str) -> None:
    if name in {"jsonschema", "prefixes"}:
        pytest.skip("says the same whatever the run")
    with pytest.raises(UsageError, match=r"holds no \w+\.jsonl"):
        export(tmp_path, name, out)


def test_an_unknown_format_names_those_there_are(run: RunFolder, out: Path) -> None:
    with pytest.raises(UsageError, match="pubtator"):
        export(run.path, "docx", out)


def test_a_folder_that_cannot_be_written_is_named(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name in OF_THE_RUN:
        with pytest.raises(StoreError, match="file"):
            export(run.path, name, tmp_path / "file")


@given(st.text())
def test_offsets_survive_the_flattening_of_lines(text: str) -> None:
    flat = unbroken(text)
    assert len(flat) == len(text)
    assert len(flat.splitlines()) <= 1


@given(st.text())
def test_a_source_gives_a_harmless_file_name(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", file_stem(text))


def test_bioc_is_read_by_the_bioc_library(run: RunFolder, out: Path) -> None:
    bioc = pytest.importorskip("bioc", reason="the library bioc is not installed")
    from bioc import biocjson, biocxml

    export(run.path, "bioc", out)
    with (out / "coatmine.bioc.xml").open("rb") as file:
        xml = biocxml.load(file)
    with (out / "coatmine.bioc.json").open() as file:
        as_json = biocjson.load(file)
    paper, mentions, (record,) = review()
    for collection in (xml, as_json):
        bioc.validate(collection)
        document = collection.documents[0]
        found = {a.id: a for passage in document.passages for a in passage.annotations}
        assert {key: (a.total_span.offset, a.text, a.infons["type"]) for key, a in found.items()} == {
            m.id: (m.start, m.text, m.label) for m in mentions
        }
        assert found[mentions[0].id].infons["identifier"] == "chebi:28748"
        (relation,) = document.relations
        assert relation.infons["doi"] == "10.1234/seven"
        assert {(node.refid, node.role) for node in relation.nodes} == {
            (key, field) for field, value in record.items() for key in value.evidence
        }
        assert document.passages[0].text == paper.text.partition("\n")[0]


def test_bioc_xml_holds_what_xml_cannot(tmp_path: Path, out: Path) -> None:
    pytest.importorskip("bioc", reason="the library bioc is not installed")
    from bioc import biocxml

    export(hostile_run(tmp_path / "run").path, "bioc", out)
    with (out / "coatmine.bioc.xml").open("rb") as file:
        (document,) = biocxml.load(file).documents
    (annotation,) = document.passages[0].annotations
    assert "<b>]]></b>&amp; \ufffd\ufffd[31m =1+1" in annotation.text
    assert annotation.infons["type"] == "CELL_LINE"


def test_pubtator_is_read_by_the_bioc_library(tmp_path: Path, run: RunFolder, out: Path) -> None:
    pytest.importorskip("bioc", reason="the library bioc is not installed")
    from bioc import pubtator

    for each in (run, hostile_run(tmp_path / "hostile")):
        (path,) = export(each.path, "pubtator", out)
        papers = pubtator.loads(path.read_text(encoding="utf-8"))
        mentions = list(each.mentions())
        assert sum(len(paper.annotations) for paper in papers) == len(mentions)
        for paper in papers:
            for annotation in paper.annotations:
                assert paper.text[annotation.start : annotation.end] == annotation.text


def read_brat(folder: Path, stem: str) -> list[tuple[str, str, str]]:
    """The (label, text between the offsets, text as given) of brat's entities."""
    text = (folder / f"{stem}.txt").read_text(encoding="utf-8")
    found = []
    for line in (folder / f"{stem}.ann").read_text(encoding="utf-8").split("\n"):
        if line.startswith("T"):
            _, where, given = line.split("\t")
            label, _, ranges = where.partition(" ")
            pieces = [tuple(map(int, piece.split(" "))) for piece in ranges.split(";")]
            found.append((label, " ".join(text[a:b] for a, b in pieces), given))
    return found


def test_brat_offsets_lead_to_the_text(run: RunFolder, out: Path) -> None:
    export(run.path, "brat", out)
    _, mentions, _ = review()
    found = read_brat(out, "review")
    assert [(label, text) for label, text, _ in found] == [(m.label, m.text) for m in mentions]
    lines = (out / "review.ann").read_text().splitlines()
    assert "N1\tReference T1 chebi:28748\tdoxorubicin" in lines
    assert any(line.endswith("Role T1 cargo") for line in lines)
    declared = (out / "annotation.conf").read_text()
    assert all(label in declared for label, _, _ in found)


def test_brat_splits_what_runs_over_a_line(make_run: Callable[..., RunFolder], out: Path) -> None:
    paper = Paper("two.pdf", ["a breast", "cancer b"], [])
    mention = paper.mention("DISEASE", "breast\ncancer")
    export(make_run((paper, [mention], [])).path, "brat", out)
    assert read_brat(out, "two") == [("DISEASE", "breast cancer", "breast cancer")]


def test_pubannotation_gives_back_text_and_spans(run: RunFolder, out: Path) -> None:
    export(run.path, "pubannotation", out)
    paper, mentions, _ = review()
    found = json.loads((out / "review.json").read_text())
    assert found["text"] == paper.text
    spans = {d["id"]: (d["span"]["begin"], d["span"]["end"], d["obj"]) for d in found["denotations"]}
    assert list(spans.values()) == [(m.start, m.end, m.label) for m in mentions]
    assert {relation["pred"].split(" ")[0] for relation in found["relations"]} <= {
        "membranes", "cores", "drugs", "sizes", "diseases",
    }  # fmt: skip
    assert all({relation["subj"], relation["obj"]} <= spans.keys() for relation in found["relations"])


def test_europe_pmc_quotes_can_be_found_in_the_text(run: RunFolder, out: Path) -> None:
    (path,) = export(run.path, "europepmc", out)
    paper, mentions, _ = review()
    first = json.loads(path.read_text().splitlines()[0])
    assert first["id"] == "10.1234/review"
    for annotation in first["anns"]:
        quote = annotation["prefix"] + annotation["exact"] + annotation["postfix"]
        assert paper.text.count(quote) == 1 or annotation["exact"] == "MCF-7"
        assert annotation["tags"][0]["uri"].startswith("https://bioregistry.io/")
    assert len(first["anns"]) == sum(m.curie is not None for m in mentions)
    assert {a["section"] for a in first["anns"]} == {"Results", "Table"}


def test_lines_follow_the_published_schema(run: RunFolder, out: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="the library jsonschema is not installed")
    export(run.path, "jsonschema", out)
    for name, file in (("record", "records"), ("mention", "mentions"), ("outcome", "documents")):
        validator = jsonschema.Draft202012Validator(json.loads((out / f"{name}.schema.json").read_text()))
        lines = [json.loads(line) for line in (run.path / f"{file}.jsonl").read_text().splitlines()]
        assert lines
        for line in lines:
            validator.validate(line)
        with pytest.raises(jsonschema.ValidationError):
            validator.validate({**lines[0], "unheard_of": 1})


def test_parquet_holds_every_field(run: RunFolder, out: Path) -> None:
    pytest.importorskip("duckdb", reason="duckdb is not installed: the extra `duckdb`")
    polars = pytest.importorskip("polars", reason="the library polars is not installed")
    export(run.path, "parquet", out)
    for name, lines in (("records", run.records()), ("mentions", run.mentions()), ("documents", run.outcomes())):
        rows = polars.read_parquet(out / f"{name}.parquet").to_dicts()
        assert [settled(row) for row in rows] == [settled(line.model_dump(mode="json")) for line in lines]


def settled(row: Any) -> Any:
    """The row with maps as dictionaries, whichever way a reader gives them."""
    if isinstance(row, dict):
        row = {name: value for name, value in row.items() if value is not None}  # JSON leaves some out
        return {
            name: {e["key"]: e["value"] for e in value} if _is_map(value) else settled(value)
            for name, value in row.items()
            if not (name in {"missing", "made_by"} and not value)
        }
    return [settled(each) for each in row] if isinstance(row, list | tuple) else row


def _is_map(value: Any) -> bool:
    return (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict) and value[0].keys() == {"key", "value"}
    )


def test_data_package_is_valid(tmp_path: Path, run: RunFolder, out: Path) -> None:
    frictionless = pytest.importorskip("frictionless", reason="the library frictionless is not installed")
    for number, each in enumerate((run, hostile_run(tmp_path / "hostile"))):
        export(each.path, "datapackage", out / str(number))
        package = frictionless.Package(str(out / str(number) / "datapackage.json"))
        report = package.validate()
        assert report.valid, report.flatten(["resource", "rowNumber", "type", "message"])
    rows = {r.name: r.read_rows() for r in frictionless.Package(str(out / "0" / "datapackage.json")).resources}
    assert {name: len(found) for name, found in rows.items()} == {
        "documents": 2, "records": 2, "values": 7, "mentions": 7, "evidence": 7,
    }  # fmt: skip


def read_tabs(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t"))


def test_isa_tab_nano_files_refer_to_one_another(run: RunFolder, out: Path) -> None:
    export(run.path, "isatab", out)
    _, _, (record,) = review()
    folder = out / "review"
    investigation = {row[0]: row[1:] for row in read_tabs(folder / "i_review.txt")}
    (study,) = investigation["Study File Name"]
    (assay,) = investigation["Study Assay File Name"]
    assert investigation["Study Publication DOI"] == ["10.1234/seven"]
    assert investigation["Study Disease"] == ["breast cancer"]
    head, sample = read_tabs(folder / study)
    material = read_tabs(folder / f"m_{sample[0]}.txt")
    names = {row[1] for row in material[1:]}
    constituents = {name for row in material[1:] for name in row[9].split(";") if name}
    assert constituents <= names, "each constituent is described"
    linked = [(row[9], row[10]) for row in material if row[10] in {"encapsulation", "entrapment"}]
    assert linked == [
        (f"{record.id} core 1;{record.id} coat 2", "encapsulation"),
        (f"{record.id} core 1;{record.id} drug 3", "entrapment"),
    ]
    head, measured = read_tabs(folder / assay)
    assert measured[0] == sample[-1], "the assay measures the study's sample"
    assert measured[1] in investigation["Study Protocol Name"]
    assert (measured[3], measured[4]) == ("117", "nm")
    assert len(head) == len(measured)


@pytest.mark.slow
def test_ambit_is_read_by_enanomappers_models(run: RunFolder, out: Path) -> None:
    pyambit = pytest.importorskip("pyambit.datamodel", reason="the library pyambit is not installed")
    (path,) = export(run.path, "ambit", out)
    substances = pyambit.Substances.model_validate_json(path.read_text()).substance
    first = substances[0]
    parts = {(part.relation, part.component.compound.name) for part in first.composition}
    assert parts == {
        ("HAS_CORE", "hollow gold nanoparticles"),
        ("HAS_COATING", "MCF-7 membrane"),
        ("HAS_CONSTITUENT", "doxorubicin"),
    }
    (study,) = first.study
    (effect,) = study.effects
    assert (effect.endpoint, effect.result.loValue, effect.result.unit) == ("PARTICLE SIZE", 117, "nm")
    assert study.citation.year == 2019, "of the study, from the review's reference list"
    assert substances[1].study == []


def test_cananolab_sheet_has_a_row_an_entry(run: RunFolder, out: Path) -> None:
    (path,) = export(run.path, "cananolab", out)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["entry"], row["name"]) for row in rows if row["sample"] == "CM@Au"} == {
        ("Composing Element: core", "hollow gold nanoparticles"),
        ("Composing Element: coat", "MCF-7 membrane"),
        ("Small Molecule, function Therapeutic", "doxorubicin"),
        ("Size", "coated particle"),
        ("Disease", "breast cancer"),
    }


def test_papers_of_one_name_do_not_overwrite_one_another(make_run: Callable[..., RunFolder], out: Path) -> None:
    first, second = source_paper(), other_paper_of_the_same_name()
    export(make_run(first, second).path, "pubannotation", out)
    texts = {json.loads(path.read_text())["text"] for path in out.glob("*.json")}
    assert texts == {first[0].text, second[0].text}


def other_paper_of_the_same_name() -> Found:
    return Paper("folder/Source.pdf", ["Another text."], []), [], []


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    words=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), min_size=1, max_size=4).filter(
        lambda words: re.search(r"\w", "".join(words))  # bioc finds no document in a text that is all blanks
    ),
    data=st.data(),
)
def test_any_text_comes_back_from_brat_pubtator_and_pubannotation(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], data: st.DataObject
) -> None:
    from bioc import pubtator

    name = data.draw(st.sampled_from(words))
    folder = tmp_path_factory.mktemp("any")
    paper = Paper("any.pdf", words, [])
    mention = paper.mention("DRUG", name)
    run = write_run(folder / "run", [(paper, [mention], [])])
    export(run.path, "pubannotation", folder)
    found = json.loads((folder / "any.json").read_text())
    span = found["denotations"][0]["span"]
    assert found["text"][span["begin"] : span["end"]] == name
    (path,) = export(run.path, "pubtator", folder)
    line = next(line for line in path.read_text().split("\n") if line.count("\t") == 5).split("\t")
    assert (int(line[1]), int(line[2])) == (mention.start, mention.end)
    assert pubtator.loads(path.read_text())


@pytest.mark.parametrize(
    ("curie", "url"),
    [
        ("CHEBI:28748", "https://bioregistry.io/chebi:28748"),
        ("cellosaurus:CVCL_0031", "https://bioregistry.io/cellosaurus:0031"),
        ("npo:1404", "https://bioregistry.io/npo:1404"),
        ("x:<script>", "https://bioregistry.io/x:%3Cscript%3E"),
    ],
)
def test_identifiers_resolve_in_the_registrys_form(curie: str, url: str) -> None:
    assert curie_url(curie) == url


def test_prefixes_are_the_registrys(run: RunFolder, out: Path) -> None:
    """Read by the library `curies`, and held against the Bioregistry itself."""
    curies = pytest.importorskip("curies", reason="the library curies is not installed")
    bioregistry = pytest.importorskip("bioregistry", reason="the library bioregistry is not installed")
    prefixes, context = export(run.path, "prefixes", out)
    for reader in (curies.load_extended_prefix_map(prefixes), curies.load_jsonld_context(context)):
        for curie in (
            "CHEBI:28748", "CL:0000232", "DOID:1936", "NCBITaxon:10090", "NCIT:C15632", "cellosaurus:CVCL_0031",
            "mesh:D007213", "npo:1404", "efo:0001327", "pubchem.compound:5288826", "unii:04Y7590D77",
        ):  # fmt: skip
            address = reader.expand(curie)
            assert address == bioregistry.get_iri(bioregistry.normalize_curie(curie)), curie
            assert reader.compress(address) == curie
            assert curie_url(curie) == bioregistry.get_bioregistry_iri(*bioregistry.parse_curie(curie))


def test_every_identifier_of_the_lexicons_and_gold_sets_has_a_known_form() -> None:
    known = {prefix: re.compile(each.pattern) for prefix, each in vocabularies().items()}
    root = Path(__file__).resolve().parents[2]
    unknown = set()
    for path in (*root.glob("models/lexicons/*.tsv"), *root.glob("gold/*/gold.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","):
                for curie in filter(None, re.split(r"[|\s]+", row.get("curie") or row.get("identifier") or "")):
                    prefix, _, identifier = curie.partition(":")
                    if prefix not in known or not known[prefix].search(identifier):
                        unknown.add((path.name, curie))
    assert not unknown


class Template:
    """A reader of eNanoMapper's template by the configuration beside it, as their parser reads: by row and column."""

    def __init__(self, table: Path, configuration: Path) -> None:
        openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
        self.told = json.loads(configuration.read_text())
        access = self.told["DATA_ACCESS"]
        self.sheet = openpyxl.load_workbook(table).worksheets[access["SHEET_INDEX"] - 1]
        self.rows = range(access["START_ROW"], self.sheet.max_row + 1)
        self.headings = [cell.value for cell in self.sheet[access["END_HEADER_ROW"]]]

    def at(self, where: dict[str, Any], row: int) -> Any:
        if where.get("ITERATION") == "JSON_VALUE":
            return where["JSON_VALUE"]
        return self.sheet[f"{where['COLUMN_INDEX']}{row}"].value

    def parts(self, told: list[dict[str, Any]], row: int) -> Iterator[tuple[str, str]]:
        """Parts with a name; the parser looks for names, numbers and links among the properties of a part."""
        for part in told:
            assert set(part) <= {"STRUCTURE_RELATION", "PROPERTIES"}, "their parser takes no notice of others"
            if name := self.at(part["PROPERTIES"]["NAME"], row):
                yield part["STRUCTURE_RELATION"], name

    def substances(self) -> list[tuple[str, set[tuple[str, str]], tuple[Any, ...]]]:
        about = self.told["SUBSTANCE_RECORD"]
        (application,) = self.told["PROTOCOL_APPLICATIONS"]
        (effect,) = application["EFFECTS"]
        return [
            (
                self.at(about["EXTERNAL_IDENTIFIERS"][0]["ID"], row),
                set(self.parts(about["COMPOSITION"], row)),
                tuple(self.at(effect[key], row) for key in ("ENDPOINT", "VALUE", "UNIT")),
            )
            for row in self.rows
        ]


def test_the_enanomapper_template_is_read_by_its_configuration(run: RunFolder, out: Path) -> None:
    template = Template(*export(run.path, "enanomapper", out))
    assert template.headings[:3] == ["Replicate number", "ID", "Core"]
    (ambit,) = export(run.path, "ambit", out)
    for substance in json.loads(ambit.read_text())["substance"]:
        record = substance["externalIdentifiers"][0]["id"]
        rows = [row for row in template.substances() if row[0] == record]
        parts = {(part["relation"], part["component"]["compound"]["name"]) for part in substance["composition"]}
        assert all(row[1] == parts for row in rows)
        effects = [effect for study in substance["study"] for effect in study["effects"]]
        stated = {(each["endpoint"], each["result"]["loValue"], each["result"]["unit"]) for each in effects}
        assert {row[2] for row in rows} == (stated or {("PARTICLE SIZE", None, "nm")})


def test_a_size_in_micrometres_is_one_in_nanometres_in_the_template(
    make_run: Callable[..., RunFolder], out: Path
) -> None:
    paper, mentions, (record,) = review()
    (size, *_) = record.sizes
    larger = size.model_copy(update={"value": 1.2, "unit": "µm", "approximate": True})
    run = make_run((paper, mentions, [record.model_copy(update={"sizes": (larger,)})]))
    template = Template(*export(run.path, "enanomapper", out))
    assert [row[2] for row in template.substances()] == [("PARTICLE SIZE", 1200, "nm")]
    assert "ca." in [cell.value for cell in template.sheet[3]]


def _identified(node: Any) -> Iterator[str]:
    """The identifiers that objects of an ISA-JSON file have."""
    if isinstance(node, dict):
        if "@id" in node and len(node) > 1:
            yield node["@id"]
        for each in node.values():
            yield from _identified(each)
    elif isinstance(node, list):
        for each in node:
            yield from _identified(each)


def _referred(node: Any) -> Iterator[str]:
    """The identifiers that stand for an object told elsewhere."""
    if isinstance(node, dict):
        if set(node) == {"@id"}:
            yield node["@id"]
        for each in node.values():
            yield from _referred(each)
    elif isinstance(node, list):
        for each in node:
            yield from _referred(each)


def test_isa_json_keeps_to_the_model_and_refers_to_what_is_there(run: RunFolder, out: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="the library jsonschema is not installed")
    paths = export(run.path, "isajson", out)
    for path in (each for each in paths if each.suffix == ".json"):
        told = json.loads(path.read_text())
        jsonschema.validate(told, ISA_SCHEMA)
        for study in told["studies"]:
            defined = list(_identified(study))
            assert set(_referred(study)) <= set(defined)
            assert len(defined) == len(set(defined))
            for assay in study["assays"]:
                assert all((out / data["name"]) in paths for data in assay["dataFiles"])
        used = {
            source
            for study in told["studies"]
            for source in re.findall(r'"termSource": "(\w[^"]*)"', json.dumps(study))
        }
        assert used == {source["name"] for source in told["ontologySourceReferences"]}


def test_isa_json_tells_a_study_with_its_parts_and_size(run: RunFolder, out: Path) -> None:
    export(run.path, "isajson", out)
    (study,) = json.loads((out / "review.json").read_text())["studies"]
    (sample,) = study["materials"]["samples"]
    names = {
        each["category"]["@id"].rpartition("/")[2]: each["value"]["annotationValue"]
        for each in sample["characteristics"]
    }
    assert (names["coat"], names["drug"], names["disease"]) == ("MCF-7", "doxorubicin", "breast cancer")
    assert study["publications"][0]["doi"] == "10.1234/seven"
    (assay,) = study["assays"]
    with (out / assay["dataFiles"][0]["name"]).open(encoding="utf-8", newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert (row["value"], row["unit"], row["measured particle"]) == ("117", "nm", "coated")


@pytest.mark.parametrize("name", ["cananolab", "europepmc"])
def test_what_no_reader_here_takes_needs_an_extra(
    run: RunFolder, out: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    with pytest.raises(UsageError, match=r"coatmine\[submission\]"):
        export(run.path, name, out)


def test_an_entry_that_a_platform_would_refuse_is_named() -> None:
    check = checker("europepmc")
    entry = {
        "position": "1.1",
        "prefix": "",
        "exact": "MCF-7",
        "postfix": "",
        "section": "Methods",
        "type": "Cell Lines",
    }
    line = {
        "src": "PMC",
        "id": "PMC1",
        "provider": "us",
        "anns": [entry | {"tags": [{"name": "MCF-7", "uri": "https://x"}]}],
    }
    check(line)
    line["anns"] = [entry | {"tags": []}]
    with pytest.raises(StoreError, match="europepmc: anns/0/tags"):
        check(line)
