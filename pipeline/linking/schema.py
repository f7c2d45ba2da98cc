"""The one schema of all tables of names: the shipped lexicons, the curated lists they are made of, a user's own.

A table is a ``*.tsv`` file: UTF-8, tab-separated, the names of its columns in the first line. ``name`` and ``type`` are
needed, the other columns may be left out; docs/add-a-name.md says what each holds. There are two ways to write one:

- by hand: columns in any order, cells empty where the usual value is meant, more names of one thing in ``synonyms``,
  comments behind ``#``; read by :func:`read_table`, which checks every line;
- compiled, by :func:`write_table`: one name a line, the columns :data:`COMPILED` filled in and first; read by
  :func:`compiled_rows`, which is fast.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.errors import ModelError
from pipeline.linking.normalise import normalise

COLUMNS: Final = (
    "name", "identifier", "preferred", "status", "type", "taxon", "source",
    "subtype", "parent", "standalone", "caution",
)  # fmt: skip
"""All columns of a compiled table, in the order of :class:`Entry`."""
COMPILED: Final = COLUMNS[:7]
"""The columns that a compiled table always has; of the others it has those that it uses."""
_OPTIONAL: Final = COLUMNS[len(COMPILED) :]
SYNONYMS: Final = "synonyms"
"""The column, in tables written by hand, with more names of the same thing, separated by ``|``."""
NOTE: Final = "note"
"""The column, in tables written by hand, with remarks that nothing reads."""
NEEDED: Final = ("name", "type")
_ALSO_CALLED: Final = {"curie": "identifier"}
"""Other names of columns: records and gold sets call an identifier so."""

STATUSES: Final = ("name", "synonym", "abbreviation")
TYPES: Final = (
    "cell_line", "cell_type", "drug", "chemical", "material", "form", "modality", "disease", "strain", "species",
    "particle", "blocklist", "nonspecific",
)  # fmt: skip
SUBTYPES: Final[dict[str, tuple[str, ...]]] = {
    "cell_type": ("microbe",),
    "drug": ("adjuvant", "dye", "gas", "inducer", "label", "nucleic", "photosensitizer", "plant", "stain"),
    "disease": ("nonspecific",),
    "blocklist": ("gene", "protein"),
}
"""What a thing of a type may be in particular."""
GROUPS: Final = ("therapy", "imaging", "diagnosis", "combination")
"""The parents of modalities that are none themselves."""
_CURIE: Final = re.compile(
    r"cellosaurus:CVCL_\w{4}|CL:\d{7}|CHEBI:\d+|DOID:\d+|mesh:[CD]\d+|NCIT:C\d+|NCBITaxon:\d+|npo:\d+|pubchem\.compound:\d+"
    r"|unii:[A-Z0-9]{10}|efo:\d{7}"
)
"""Identifiers as the Bioregistry writes them, of the vocabularies that lexicons draw on."""
_PREFIXES: Final = {
    "cell_line": ("cellosaurus",), "cell_type": ("CL", "NCBITaxon", "mesh"), "disease": ("DOID", "mesh"),
    "modality": ("NCIT", "mesh", "npo"), "strain": ("mesh", "efo"),
    "drug": ("CHEBI", "mesh", "pubchem.compound", "unii"), "chemical": ("CHEBI", "mesh", "pubchem.compound"),
    "species": ("NCBITaxon", "mesh"),
    "material": ("CHEBI", "mesh", "pubchem.compound", "npo"), "form": ("npo", "CHEBI", "mesh"),
    "particle": ("npo", "CHEBI"),
}  # fmt: skip
"""The vocabularies that a type's identifiers come from; other types have none."""
_HAVE_PARENTS: Final = ("modality", "disease")
_HAVE_FORMS: Final = ("material", "form")
_CODES: Final = ("cell_line", "strain", "species")
"""Types whose names are codes or words, and no abbreviations of longer ones."""


class Entry(NamedTuple):
    """A name and what it stands for.

    Attributes:
        name: as texts write it.
        curie: the identifier, as the Bioregistry writes it; None where there is none or none is certain.
        preferred: the name that a mention gets.
        status: one of :data:`STATUSES`: the preferred name, another, or an abbreviation, which needs its capitals.
        type: one of :data:`TYPES`.
        taxon: the species, as ``NCBITaxon:...``; empty where none is meant.
        source: where the name comes from.
        subtype: what it is in particular, one of :data:`SUBTYPES`; empty where that does not matter.
        parent: of a modality or disease, what it is a kind of, several separated by ``|``.
        standalone: ``no`` for a material or form that names a core only with other words ("copper").
        caution: why the identifier needs care.
    """

    name: str
    curie: str | None
    preferred: str
    status: str
    type: str
    taxon: str = ""
    source: str = ""
    subtype: str = ""
    parent: str = ""
    standalone: str = ""
    caution: str = ""

    @property
    def parents(self) -> tuple[str, ...]:
        """What this is directly a kind of."""
        return tuple(self.parent.split("|")) if self.parent else ()

    @property
    def is_core(self) -> bool:
        """Whether the name alone can be a core's: a material or form that stands alone."""
        return self.type in _HAVE_FORMS and self.standalone != "no"


class TableLine(NamedTuple):
    """One line of a table: the entries that it makes, or what is wrong with it."""

    place: str
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()


# --- compiled tables -------------------------------------------------------------------------------------------------


def as_row(entry: Entry) -> str:
    """An entry as a compiled row with all columns; empty cells at its end are left out."""
    return "\t".join((entry.name, entry.curie or "", *entry[2:])).rstrip("\t")


def parse(row: str) -> Entry:
    """The entry of a compiled row with all columns.

    Raises:
        ModelError: the row has too few cells or too many.
    """
    name, *rest = row.split("\t")
    try:
        return Entry(name, rest[0] or None, *rest[1:])
    except (IndexError, TypeError):
        raise ModelError(f"lexicon row {row!r}: {len(rest) + 1} cells, not {len(COLUMNS)}") from None


def compiled_rows(path: Path) -> Iterator[str]:
    """The rows of a compiled table as :func:`parse` takes them, unparsed: of most no text ever asks."""
    with path.open(encoding="utf-8") as lines:
        own = tuple(next(lines, "").rstrip("\n").split("\t"))[len(COMPILED) :]
        if own == _OPTIONAL[: len(own)]:
            yield from (line.rstrip("\n") for line in lines)
            return
        places = [_OPTIONAL.index(column) for column in own]
        empty = "\t" * len(own) + "\n"
        for line in lines:
            yield line[:-1] if line.endswith(empty) else _spread(line.rstrip("\n"), places)


def _spread(row: str, places: Sequence[int]) -> str:
    """A row whose last cells are moved to the places of their columns."""
    cells = row.split("\t")
    tail = [""] * len(_OPTIONAL)
    for place, cell in zip(places, cells[len(COMPILED) :], strict=False):
        tail[place] = cell
    return "\t".join((*cells[: len(COMPILED)], *tail)).rstrip("\t")


def is_compiled(path: Path) -> bool:
    """Whether a table's first line is that of a compiled one."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        header = tuple(next(lines, "").rstrip("\n").split("\t"))
    own = header[len(COMPILED) :]
    return header[: len(COMPILED)] == COMPILED and set(own) <= set(_OPTIONAL) and len(set(own)) == len(own)


def write_table(path: Path, entries: Iterable[Entry]) -> int:
    """Write a compiled table, sorted, with the columns that its entries use; returns how many names it has."""
    every = list(entries)
    used = [at for at, column in enumerate(COLUMNS) if column in COMPILED or any(entry[at] for entry in every)]
    lines = sorted("\t".join(entry[at] or "" for at in used) for entry in every)
    header = "\t".join(COLUMNS[at] for at in used)
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8", newline="\n")
    return len(lines)


# --- tables written by hand ------------------------------------------------------------------------------------------


def read_table(path: Path, source: str = "", *, compiled: bool = False) -> Iterator[TableLine]:
    """Each line of a table, checked.

    Args:
        path: the table.
        source: what the entries' ``source`` becomes; empty to keep what the table says.
        compiled: take every line as it stands: nothing is filled in, trimmed or skipped.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 ({error.reason} at byte {error.start}); save the table as UTF-8"
        yield TableLine(str(path), (), (problem,))
        return
    header = [cell.strip() for cell in lines[0].split("\t")] if lines else []
    columns = [_ALSO_CALLED.get(cell, cell) for cell in header]
    if problem := _header_problem(header, columns):
        yield TableLine(f"{path}, line 1", (), (problem,))
        return
    for number, line in enumerate(lines[1:], start=2):
        if compiled or (line.strip() and not line.startswith("#")):
            yield _table_line(f"{path}, line {number}", columns, line.split("\t"), source, compiled)


def _header_problem(header: Sequence[str], columns: Sequence[str]) -> str:
    allowed = (*COLUMNS, SYNONYMS, NOTE)
    unknown = [cell for cell in columns if cell not in allowed]
    if not unknown and set(NEEDED) <= set(columns) and len(set(columns)) == len(columns):
        return ""
    others = ", ".join(column for column in allowed if column not in NEEDED)
    return (
        f"the columns are {', '.join(header) or 'none'}; needed are name and type, allowed beside them {others}, each"
        " once, separated by tabs"
    )


def _table_line(place: str, columns: list[str], cells: list[str], source: str, compiled: bool) -> TableLine:
    if len(cells) > len(columns):
        problem = f"{len(cells)} cells under {len(columns)} columns; is there a tab too many?"
        return TableLine(place, (), (problem,))
    row = dict.fromkeys((*COLUMNS, SYNONYMS), "") | dict(zip(columns, cells, strict=False))
    row["source"] = source or row["source"]
    if compiled:
        entries = [Entry(row["name"], row["identifier"] or None, *(row[column] for column in COLUMNS[2:]))]
    else:
        entries = list(_entries({column: cell.strip() for column, cell in row.items()}))
    faults = dict.fromkeys(fault for entry in entries for fault in entry_problems(entry))
    return TableLine(f"{place}, {row['name'].strip()!r}", tuple(entries), tuple(faults))


def _entries(row: dict[str, str]) -> Iterator[Entry]:
    """The entries of one line written by hand: one for each of its names, and for spellings that these imply."""
    preferred, kind = row["preferred"] or row["name"], row["type"]
    names = [name.strip() for name in (row["name"], *row[SYNONYMS].split("|"))]
    named = [name for name in names[1:] if name]
    implied = _implied([names[0], *named], preferred, kind, row["subtype"])
    for name in dict.fromkeys((names[0], *named, *implied)):
        status = row["status"] or usual_status(name, preferred, kind)
        rest = (row[column] for column in COLUMNS[COLUMNS.index("type") :])
        yield Entry(name, row["identifier"] or None, preferred, status, *rest)


def _implied(names: Iterable[str], preferred: str, kind: str, subtype: str) -> Iterator[str]:
    """Spellings that go without saying: "therapies" beside "therapy", "E. coli" beside "Escherichia coli"."""
    if kind == "modality":
        yield from (f"{name[:-1]}ies" for name in names if name.endswith("therapy"))
    if subtype == "microbe" and re.fullmatch(r"[A-Z][a-z]+ [a-z]+", preferred):
        yield f"{preferred[0]}. {preferred.partition(' ')[2]}"


def usual_status(name: str, preferred: str, kind: str) -> str:
    """The status of a name whose table does not say it."""
    if name == preferred:
        return "name"
    return "abbreviation" if kind not in _CODES and is_short(name.removesuffix("s")) else "synonym"


def is_short(name: str) -> bool:
    """Whether a name looks like an abbreviation or code."""
    return len(name) <= 6 and (sum(c.isupper() for c in name) >= 2 or any(c.isdigit() for c in name))


# --- checks ----------------------------------------------------------------------------------------------------------


def entry_problems(entry: Entry) -> Iterator[str]:
    """What is wrong with one entry, each said so that it can be put right."""
    if not normalise(entry.name):
        yield "the name has neither letter nor digit"
    if not entry.preferred:
        yield "no preferred name"
    if any(value != value.strip() for value in entry if value):
        yield "white space at an end"
    for check in _CHECKS:
        yield from check(entry)


def _words_known(entry: Entry) -> Iterator[str]:
    if entry.type not in TYPES:
        yield f"type {entry.type!r} is none of {', '.join(TYPES)}"
    if entry.status not in STATUSES:
        yield f"status {entry.status!r} is none of {', '.join(STATUSES)}"
    known = SUBTYPES.get(entry.type, ())
    if entry.subtype and entry.subtype not in known and entry.type in TYPES:
        yield f"subtype {entry.subtype!r} of a {entry.type} is none of {', '.join(known) or 'any: leave it empty'}"


def _identifiers_fit(entry: Entry) -> Iterator[str]:
    if entry.curie and not _CURIE.fullmatch(entry.curie):
        yield f"{entry.curie!r} is no identifier as the Bioregistry writes it"
    elif entry.curie and entry.type in TYPES and entry.curie.partition(":")[0] not in _PREFIXES.get(entry.type, ()):
        yield f"{entry.curie!r} is no identifier of a {entry.type}"
    if entry.type == "strain" and not entry.taxon:
        yield "a strain needs its species as taxon, such as NCBITaxon:10090"
    if entry.taxon and not re.fullmatch(r"NCBITaxon:\d+", entry.taxon):
        yield f"taxon {entry.taxon!r} is no NCBI Taxonomy identifier, such as NCBITaxon:10090"


def _columns_fit(entry: Entry) -> Iterator[str]:
    if entry.standalone not in ("", "yes", "no"):
        yield f"standalone {entry.standalone!r} is neither yes nor no"
    elif entry.standalone and entry.type not in _HAVE_FORMS:
        yield f"standalone is said of a {' or '.join(_HAVE_FORMS)} only"
    if entry.parent and entry.type not in _HAVE_PARENTS:
        yield f"parent is said of a {' or '.join(_HAVE_PARENTS)} only"
    if not all(parent.strip() == parent and parent for parent in entry.parents):
        yield f"parent {entry.parent!r}: several parents are separated by | alone"


_CHECKS: Final[tuple[Callable[[Entry], Iterator[str]], ...]] = (_words_known, _identifiers_fit, _columns_fit)
