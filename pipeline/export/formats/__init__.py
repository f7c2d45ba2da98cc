"""Exports in the formats of other tools. docs/formats.md says which field goes where and what is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final, cast

from pipeline.errors import StoreError, UsageError
from pipeline.export.curated import published
from pipeline.folder import RunFolder

Writer = Callable[[RunFolder, Path], Iterator[Path]]
"""Writes a run into a folder, and names each file when it is whole."""

FORMATS: Final[Mapping[str, str]] = {
    "ambit": "eNanoMapper's JSON: substances with coat, core and drug as parts, and their sizes as studies",
    "bioc": "BioC XML and JSON: text, mentions and records",
    "brat": "brat standoff: text and mentions, with the configuration to look at them",
    "cananolab": "a sheet for caNanoLab's forms: composition and characterisation (coatmine[submission])",
    "datapackage": "Frictionless data package: tidy tables with their meaning, licences and provenance",
    "enanomapper": "eNanoMapper's Excel template for sizes, with the configuration for its parser",
    "europepmc": "Europe PMC annotations: mentions quoted in their context (coatmine[submission])",
    "highlighted": "the PDFs with their evidence as highlights and notes, for any reader (Zotero shows them)",
    "isajson": "ISA-JSON: investigation, studies with their samples, and size assays",
    "isatab": "ISA-TAB-Nano: investigation, study, material and size-assay files",
    "jsonschema": "JSON Schema of the lines in a run's .jsonl files",
    "nanopub": "nanopublications (TriG): each record an assertion with its provenance",
    "parquet": "Parquet: records, mentions and documents",
    "prefixes": "what the prefixes of identifiers stand for: an extended prefix map and a JSON-LD context",
    "pubannotation": "PubAnnotation JSON: text, mentions and records",
    "pubtator": "PubTator: text and mentions",
    "rdf": "RDF (Turtle): records with NPO, ChEBI, Cellosaurus and DOID terms, PROV-O and quoted evidence",
    "rocrate": "RO-Crate: a description of the run's folder that archives read",
}
"""What can be exported; each is a module of this package."""


def default_folder(run_dir: Path, format_name: str) -> Path:
    """The default folder of a run's export: in ``export``, or for some in the run's folder itself."""
    if format_name == "rocrate":
        return run_dir
    return run_dir / format_name if format_name == "highlighted" else run_dir / "export" / format_name


def stands(run_dir: Path, format_name: str) -> bool:
    """Whether a run's export was written where it stands by default."""
    if format_name == "rocrate":
        return (run_dir / "ro-crate-metadata.json").is_file()
    return default_folder(run_dir, format_name).is_dir()


def export(run_dir: Path | str, format_name: str, out_dir: Path | str, *, raw: bool = False) -> list[Path]:
    """Write a run in another format, as curators' decisions leave it.

    Args:
        run_dir: what ``coatmine extract`` wrote.
        format_name: one of :data:`FORMATS`.
        out_dir: where to; made if it is not there.
        raw: as the run found it, whatever curators decided.

    Returns:
        The files written.

    Raises:
        UsageError: there is no such format, the run cannot be read, or a format's library is missing.
        StoreError: ``out_dir`` cannot be written.
    """
    if format_name not in FORMATS:
        raise UsageError(f"--format {format_name}: no such format; there are {', '.join(FORMATS)}")
    writer = cast(Writer, import_module(f"{__name__}.{format_name}").write)
    out = Path(out_dir)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{out}: cannot be made ({error.strerror}); choose another --out") from error
    return list(writer(published(run_dir, raw=raw), out))
