"""Identifiers given by hand are those of the thing: a name of it stands in the vocabulary, too."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.linking import shipped_lexicon
from pipeline.linking.lint import coverage, main
from pipeline.settings import models_dir

LEXICONS = models_dir() / "lexicons"
ADDED = re.compile(r"\b(?:mice|rats|inbred)\b", re.IGNORECASE)
BY_HAND = ("modalities", "strains", "species", "microbes", "cores", "cell_types")


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (LEXICONS / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def _keys(name: str) -> set[str]:
    """A name without number, spaces and what MeSH adds to strains ("Rats, Inbred Lewis"), in its order and in none."""
    words = [word.removesuffix("s") for word in re.findall(r"[^\W_]+", ADDED.sub(" ", name).casefold())]
    return {"".join(words), " ".join(sorted(words))}


def _official() -> dict[str, set[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for row in _rows("official/names"):
        names[row["curie"]] |= _keys(row["name"])
    return names


@pytest.mark.parametrize("table", BY_HAND)
def test_every_identifier_by_hand_has_a_name_that_the_vocabulary_gives(table: str) -> None:
    official = _official()
    checked = 0
    for row in _rows(f"curated/{table}"):
        curie = row["identifier"]
        if not curie.startswith(("mesh:", "NCIT:", "NCBITaxon:", "efo:")) or curie == "NCBITaxon:2":
            continue
        ours = set().union(*map(_keys, (row["name"], row["preferred"], *row["synonyms"].split("|"))))
        assert ours & official[curie], f"{table}: {row['name']}, {curie}: {official[curie]}"
        checked += 1
    assert checked


def test_each_official_name_says_where_it_was_looked_up() -> None:
    rows = list(_rows("official/names"))
    assert all(row["curie"] and row["name"] and row["source"] for row in rows)
    keys = [(row["curie"], row["name"]) for row in rows]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("name", "kind", "curie"),
    [
        ("C57BL/6", "strain", "mesh:D008810"),
        ("Sprague-Dawley", "strain", "mesh:D017207"),
        ("NOD/SCID", "strain", "efo:0002740"),
        ("LDLR-/-", "strain", None),
        ("minipigs", "species", "mesh:D013556"),
        ("photothermal therapy", "modality", "mesh:D000082703"),
        ("SPECT", "modality", "mesh:D015899"),
        ("polydopamine", "material", "mesh:C568283"),
        ("ZIF-8", "material", "mesh:C000715613"),
        ("nanoceria", "material", "mesh:C030583"),
        ("Zika virus", "cell_type", "mesh:D000071244"),
        ("exosome", "cell_type", "mesh:D055354"),
    ],
)
def test_concepts_of_the_field_are_linked(name: str, kind: str, curie: str | None) -> None:
    assert {entry.curie for entry in shipped_lexicon().lookup(name, (kind,))} == {curie}


def test_the_readme_says_how_many_concepts_have_an_identifier(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--identifiers"]) == 0
    printed = capsys.readouterr().out
    assert printed in (LEXICONS / "README.md").read_text(encoding="utf-8")
    for kind, (concepts, linked) in coverage(LEXICONS).items():
        assert linked <= concepts, kind


def test_coverage_counts_concepts_and_not_names(tmp_path: Path) -> None:
    header = "name\tidentifier\tpreferred\tstatus\ttype\ttaxon\tsource\n"
    rows = ("MCF7\tcellosaurus:CVCL_0031\tMCF-7\tname\tcell_line\t\tx\n", "MCF-7\t\tMCF-7\tname\tcell_line\t\tx\n",
            "own\t\town\tname\tcell_line\t\tx\n")  # fmt: skip
    (tmp_path / "lines.tsv").write_text(header + "".join(rows), encoding="utf-8")
    assert coverage(tmp_path) == {"cell_line": (2, 1)}
