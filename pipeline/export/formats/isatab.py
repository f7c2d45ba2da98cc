"""ISA-TAB-Nano 1.3: a folder a paper, with investigation, study, material and size-assay files.

The tables' columns and sections are those of the specification: ISA-TAB's, and the Material file that the NCI's
Nanotechnology Working Group added to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pipeline.document import Document
from pipeline.export.formats.composition import PARTICLE_SIZE, SAMPLE, Constituent, constituents, particle_name, sizes
from pipeline.export.formats.papers import ExportedPaper, papers
from pipeline.export.merge import merge
from pipeline.export.text import cell, file_stem
from pipeline.export.vocabularies import vocabularies
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import Record

_TERM: Final = ("Term Accession Number", "Term Source REF")
_MATERIAL: Final = (
    "Material Source Name", "Material Name", "Material Description", "Material Type", *_TERM, "Material Chemical Name",
    *_TERM, "Material Constituent", "Material Linkage Type",
)  # fmt: skip
_STUDY: Final = ("Material Source Name REF", "Source Name", "Material Type", *_TERM, "Protocol REF", "Sample Name")
_ASSAY: Final = ("Sample Name", "Protocol REF", "Assay Name", f"Measurement Value [{PARTICLE_SIZE.name}]", "Unit",
                 "Comment [measured particle]", "Comment [as stated]")  # fmt: skip
_PREPARATION: Final = "sample preparation as the paper describes it"
_MEASUREMENT: Final = "size measurement as the paper describes it"

IsaRow = tuple[str, ...]


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write NAME/i_NAME.txt, and for each study its s_, m_ and a_ files."""
    for paper in papers(folder):
        if paper.records:
            yield from _paper(paper, out / paper.stem)


def _paper(paper: ExportedPaper, out: Path) -> Iterator[Path]:
    studies: dict[str, list[Record]] = {}
    for record in paper.records:
        studies.setdefault(record.study.key, []).append(record)
    yield _table(out / f"i_{paper.stem}.txt", _investigation(paper, studies))
    for key, records in studies.items():
        yield _table(out / _study_file(key), [_STUDY, *map(_sample, records)])
        for record in records:
            yield _table(out / f"m_{record.id}.txt", [_MATERIAL, *_material(record)])
        measured = [row for record in records for row in _measurements(record)]
        if measured:
            yield _table(out / _assay_file(key), [_ASSAY, *measured])


def _study_file(key: str) -> str:
    return f"s_study_{file_stem(key)}.txt"


def _assay_file(key: str) -> str:
    return f"a_study_{file_stem(key)}_size.txt"


def _table(path: Path, rows: Iterable[IsaRow]) -> Path:
    """Write tab-separated rows, quoted as ISA-TAB's own files are: all but what begins an investigation's rows."""
    lines = ("\t".join(_quoted(row, first_bare=path.name.startswith("i_"))) + "\n" for row in rows)
    write_atomically(path, (line.encode() for line in lines))
    return path


def _quoted(row: IsaRow, *, first_bare: bool) -> Iterator[str]:
    for number, each in enumerate(row):
        text = cell(each).replace('"', "'")
        yield text if first_bare and number == 0 else f'"{text}"'


def _term(curie: str | None) -> tuple[str, str]:
    """The accession and its source, as two columns."""
    if not curie:
        return "", ""
    prefix, _, accession = curie.partition(":")
    return accession, prefix.upper()


def _sample(record: Record) -> IsaRow:
    return (record.id, record.id, SAMPLE.name, *_term(SAMPLE.curie), _PREPARATION, _sample_name(record))


def _sample_name(record: Record) -> str:
    return f"{record.id} sample"


def _material(record: Record) -> Iterator[IsaRow]:
    parts = list(constituents(record))
    names = [f"{record.id} {part.kind.name} {number}" for number, part in enumerate(parts, 1)]
    core = next((name for name, part in zip(names, parts, strict=True) if part.kind.name == "core"), None)
    head = (record.id, record.id, particle_name(record), SAMPLE.name, *_term(SAMPLE.curie), "", "", "")
    yield (*head, ";".join(names), "")
    for name, part in zip(names, parts, strict=True):
        if part.kind.name != "core" and core:
            yield (*head, f"{core};{name}", part.kind.linkage)
    for name, part in zip(names, parts, strict=True):
        yield (record.id, name, _description(part), part.kind.term.name, *_term(part.kind.term.curie), part.name,
               *_term(part.curie), "", "")  # fmt: skip


def _description(part: Constituent) -> str:
    if part.kind.name == "coat":
        return f"membrane of {part.name.removesuffix(' membrane')}"
    return "; ".join(term.name for term in part.materials)


def _measurements(record: Record) -> Iterator[IsaRow]:
    for number, (_, size) in enumerate(sizes(record), 1):
        value = f"{size.value:g}"
        about = (f"{record.id} size {number}", value, size.unit, size.of, size.text)
        yield (_sample_name(record), _MEASUREMENT, *about)


def _investigation(paper: ExportedPaper, studies: dict[str, list[Record]]) -> Iterator[IsaRow]:
    metadata = paper.document.metadata
    used = _ontologies(paper)
    yield ("ONTOLOGY SOURCE REFERENCE",)
    yield ("Term Source Name", *(name for name, _ in used))
    yield ("Term Source File", *("" for _ in used))
    yield ("Term Source Version", *("" for _ in used))
    yield ("Term Source Description", *(title for _, title in used))
    yield ("INVESTIGATION",)
    yield "Investigation Identifier", paper.document.id
    yield "Investigation Title", metadata.title or paper.stem
    yield "Investigation Description", "Records mined from the paper by coatmine"
    yield "Investigation Submission Date", ""
    yield "Investigation Public Release Date", ""
    yield ("INVESTIGATION PUBLICATIONS",)
    yield from _publication("Investigation", metadata.doi, "; ".join(metadata.authors), metadata.title)
    yield from _contacts("Investigation")
    for key, records in studies.items():
        yield from _study(paper.document, key, records)


def _ontologies(paper: ExportedPaper) -> list[tuple[str, str]]:
    curies = [SAMPLE.curie, *(value.curie for record in paper.records for _, value in record.items())]
    prefixes = {curie.partition(":")[0] for curie in [*curies, "CHEBI:"] if curie}
    known = vocabularies()
    return sorted((prefix.upper(), known[prefix].title if prefix in known else "") for prefix in prefixes)


def _publication(of: str, doi: str | None, authors: str, title: str | None) -> Iterator[IsaRow]:
    yield f"{of} PubMed ID", ""
    yield f"{of} Publication DOI", doi or ""
    yield f"{of} Publication Author List", authors
    yield f"{of} Publication Title", title or ""
    yield f"{of} Publication Status", "published"
    yield f"{of} Publication Status Term Accession Number", ""
    yield f"{of} Publication Status Term Source REF", ""


def _contacts(of: str) -> Iterator[IsaRow]:
    yield (f"{of.upper()} CONTACTS",)
    for what in ("Last Name", "First Name", "Mid Initials", "Email", "Phone", "Fax", "Address", "Affiliation", "Roles",
                 "Roles Term Accession Number", "Roles Term Source REF"):  # fmt: skip
        yield f"{of} Person {what}", ""


def _study(document: Document, key: str, records: list[Record]) -> Iterator[IsaRow]:
    study = records[0].study
    diseases = [each.first for record in records for each in merge(record.diseases)]
    measured = any(sizes(record) for record in records)
    cited = document.metadata if key == "self" else document.reference(key)
    authors = "; ".join(cited.authors) if cited else ""
    yield ("STUDY",)
    yield "Study Identifier", f"{records[0].document_id}#{key}"
    yield "Study Title", study.title or f"Study {key}"
    yield "Study Description", "; ".join(particle_name(record) for record in records)
    yield "Study Submission Date", ""
    yield "Study Public Release Date", ""
    yield "Study File Name", _study_file(key)
    yield "Study Disease", ";".join(value.name for value in diseases)
    yield "Study Disease Term Accession Number", ";".join(_term(value.curie)[0] for value in diseases)
    yield "Study Disease Term Source REF", ";".join(_term(value.curie)[1] for value in diseases)
    yield ("STUDY DESIGN DESCRIPTORS",)
    yield from _empty("Study Design Type", *(f"Study Design Type {each}" for each in _TERM))
    yield ("STUDY PUBLICATIONS",)
    yield from _publication("Study", study.doi, authors, study.title)
    yield ("STUDY FACTORS",)
    yield from _empty("Study Factor Name", "Study Factor Type", *(f"Study Factor Type {each}" for each in _TERM))
    yield from _assays(key, measured)
    yield from _protocols(measured)
    yield from _contacts("Study")


def _assays(key: str, measured: bool) -> Iterator[IsaRow]:
    accession, source = _term(PARTICLE_SIZE.curie)
    yield ("STUDY ASSAYS",)
    for name, value in (
        ("Measurement Type", PARTICLE_SIZE.name),
        ("Measurement Type Term Accession Number", accession),
        ("Measurement Type Term Source REF", source),
        ("Technology Type", ""),
        ("Technology Type Term Accession Number", ""),
        ("Technology Type Term Source REF", ""),
        ("Technology Platform", ""),
        ("File Name", _assay_file(key)),
    ):
        yield f"Study Assay {name}", value if measured else ""


def _protocols(measured: bool) -> Iterator[IsaRow]:
    names = (_PREPARATION, _MEASUREMENT) if measured else (_PREPARATION,)
    kinds = ("sample preparation", "measurement")[: len(names)]
    yield ("STUDY PROTOCOLS",)
    yield ("Study Protocol Name", *names)
    yield ("Study Protocol Type", *kinds)
    for what in ("Type Term Accession Number", "Type Term Source REF", "Description", "URI", "Version",
                 "Parameters Name", "Parameters Name Term Accession Number", "Parameters Name Term Source REF",
                 "Components Name", "Components Type", "Components Type Term Accession Number",
                 "Components Type Term Source REF"):  # fmt: skip
        yield (f"Study Protocol {what}", *("" for _ in names))


def _empty(*names: str) -> Iterator[IsaRow]:
    for name in names:
        yield name, ""
