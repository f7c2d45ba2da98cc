"""Compile models/lexicons from the official vocabularies and the curated lists.

    python scripts/build_lexicons.py ../shared/data            the working selection that the project ships
    python scripts/build_lexicons.py ../shared/data --full     every name of every source, into --out

The curated lists under models/lexicons/curated say what the field calls things; identifiers come from the official
files, and one given by hand is checked against them. models/lexicons/README.md states criteria, versions, licences.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.linking.labels import read_labels, same_words
from pipeline.linking.normalise import normalise
from pipeline.linking.schema import Entry, is_short, read_table, write_table

ROOT = Path(__file__).resolve().parent.parent
CELLOSAURUS = "cellosaurus/cellosaurus_names_r33_2019-12.tsv"
TAXA = {
    "Homo sapiens": "NCBITaxon:9606", "Mus musculus": "NCBITaxon:10090", "Rattus norvegicus": "NCBITaxon:10116",
    "Cricetulus griseus": "NCBITaxon:10029", "Canis lupus familiaris": "NCBITaxon:9615",
    "Chlorocebus aethiops": "NCBITaxon:9534", "Oryctolagus cuniculus": "NCBITaxon:9986",
    "Sus scrofa": "NCBITaxon:9823", "Bos taurus": "NCBITaxon:9913", "Gallus gallus": "NCBITaxon:9031",
    "Mesocricetus auratus": "NCBITaxon:10036", "Felis catus": "NCBITaxon:9685", "Macaca mulatta": "NCBITaxon:9544",
    "Drosophila melanogaster": "NCBITaxon:7227",
}  # fmt: skip
KEPT_SPECIES = {
    "NCBITaxon:9606", "NCBITaxon:10090", "NCBITaxon:10116", "NCBITaxon:10029", "NCBITaxon:9615", "NCBITaxon:9534",
    "NCBITaxon:9986",
}  # fmt: skip
DESCRIBED = re.compile(r"\s(?:melanoma|glioma|\w*carcinoma|tumou?r|cells?|lymphoma|leuk\w+|sarcoma|hepatoma)$")
"""Names that end in what the line is: the disease is a mention of its own."""
CATALOGUE = re.compile(
    r"^(GM\d|AG\d|ND\d|HAP1 |WTSI|HPS\d|NIH\w+\d+ES|BGO|UKBi|EDi|GENEA|HUES|CHB|CRISPR|iPS|hiPS|hES|GG\d|CCRF-S|JHU\d|"
    r"RRID|ATCC|CVCL|PTA-|HB-\d|CRL|TIB|\d+[.:-]\d+|\d+$|\d{3,}[A-Z]?$|[A-Z]\d{5,}[A-Z]?$|.*\(-?\)|.*\[|.*iPSC|.*hybridoma|MMRRC|EUCOMM|EPD\d|DEPD|HEPD|KOMP)",
    re.IGNORECASE,
)


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a tab-separated file with a header."""
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def pairs(path: Path) -> Iterator[list[str]]:
    """The rows of a gzipped tab-separated file without a header."""
    with gzip.open(path, "rt", encoding="utf-8-sig") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def curated(name: str) -> list[tuple[Entry, ...]]:
    """The concepts of a curated list, each with an entry for each of its names, the first one's name first.

    Raises:
        ValueError: a line of the list is not as it should be.
    """
    concepts = []
    for line in read_table(ROOT / "models/lexicons/curated" / f"{name}.tsv", "curated"):
        if line.problems:
            raise ValueError(f"{line.place}: {'; '.join(line.problems)}")
        concepts.append(line.entries)
    return concepts


def curated_names(name: str) -> list[str]:
    """All names of a curated list."""
    return [entry.name for concept in curated(name) for entry in concept]


# --- cell lines ------------------------------------------------------------------------------------------------------


def cell_lines(data: Path, full: bool) -> Iterator[Entry]:
    """Cellosaurus names: lines used in collections or panels, or with several names, of laboratory species."""
    species = line_species(data)
    stocked = {normalise(row[0]) for row in pairs(data / "bioresources/atcc.tsv.gz")}
    deleted = set(re.findall(r"^(CVCL_\w+)", (data / "cellosaurus/cellosaurus_deleted_ACs.txt").read_text(), re.M))
    lines: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(data / CELLOSAURUS):
        lines[row["accession"]].append(row)
    seen = used_names(data)
    for accession, names in lines.items():
        taxon = species.get(accession, "NCBITaxon:9606" if names[0]["human"] == "1" else "")
        first = next(r["name"] for r in names if r["recommended"] == "1")
        if accession in deleted:
            continue
        attested = any(normalise(r["name"]) in stocked or r["name"] in seen for r in names)
        wanted = names[0]["gdsc"] == "1" or names[0]["ccle"] == "1" or attested or names[0]["problematic"] == "1"
        several = len(names) > 1 and (taxon in KEPT_SPECIES or not taxon)
        alone = (taxon in KEPT_SPECIES and len(first) <= 12) or not taxon
        if not full and not (wanted or ((several or alone) and not CATALOGUE.match(first))):
            continue
        care = caution(names[0]) if names[0]["problematic"] == "1" else ""
        kept: set[str] = set()
        for row in names:
            key = normalise(row["name"])
            if key in kept or len(row["name"]) > 40 or len(key) < 2 or DESCRIBED.search(row["name"]):
                continue
            if not full and not wanted and CATALOGUE.match(row["name"]):
                continue
            kept.add(key)
            status = "name" if row["name"] == first else "synonym"
            curie = f"cellosaurus:{accession}"
            yield Entry(row["name"], curie, first, status, "cell_line", taxon, "cellosaurus", caution=care)


def usual_lines(data: Path) -> Iterator[Entry]:
    """What an ambiguous name means in this field, by hand: the line that the name alone stands for."""
    species = line_species(data)
    stated = {r["accession"]: r for r in rows(data / CELLOSAURUS) if r["recommended"] == "1"}
    for concept in curated("cell_lines"):
        accession = (concept[0].curie or "").partition(":")[2]
        official = stated[accession]
        care = caution(official) if official["problematic"] == "1" else ""
        yield from (e._replace(taxon=species.get(accession, ""), caution=care) for e in concept)


def line_species(data: Path) -> dict[str, str]:
    """The species of a line by its accession, as an NCBI Taxonomy identifier."""
    return {row[1]: TAXA.get(row[2], "") for row in pairs(data / "bioresources/Cellosaurus.tsv.gz")}


def caution(row: dict[str, str]) -> str:
    """Cellosaurus' comment on a problematic line, without its literature list."""
    text = re.sub(r"\s*\((?:PubMed|DOI|Patent|CelloPub|Technical|Direct|\w+)=.*?\)", "", row["problem_comment"])
    return re.sub(r"\s+", " ", text).strip(" .")


def used_names(data: Path) -> set[str]:
    """Names annotated as cell lines in BioRED's training and development parts."""
    return {row[3] for part in ("train", "dev") for row in annotations(data / f"biored/{part}.pubtator", "CellLine")}


def annotations(path: Path, kind: str) -> Iterator[list[str]]:
    """The entity lines of one type in a PubTator file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            parts = line.rstrip("\n").split("\t")
            if len(parts) >= 6 and parts[4] == kind:
                yield parts


# --- chemicals -------------------------------------------------------------------------------------------------------


class Chemicals:
    """Names of chemicals and their identifiers: ChEBI first, MeSH from annotated corpora second, PubChem last."""

    def __init__(self, data: Path) -> None:
        self.chebi: dict[str, Counter[str]] = defaultdict(Counter)
        self.names: dict[str, list[str]] = defaultdict(list)
        for name, curie in pairs(data / "bioresources/chebi.tsv.gz"):
            self.chebi[name.casefold()][curie] += 1
            self.names[curie].append(name)
        self.mesh: dict[str, Counter[str]] = defaultdict(Counter)
        self.annotated: Counter[str] = Counter()
        for path in (*(data / f"bc5cdr/{p}.pubtator" for p in ("train", "dev")),
                     *(data / f"biored/{p}.pubtator" for p in ("train", "dev"))):  # fmt: skip
            for parts in annotations(path, "Chemical"):
                self.annotated[parts[3].casefold()] += 1
                identifier = parts[5].removeprefix("MESH:")
                if re.fullmatch(r"[CD]\d+", identifier):
                    self.mesh[parts[3].casefold()][f"mesh:{identifier}"] += 1

        self.pubchem: dict[str, set[str]] = defaultdict(set)
        for name, number in pairs(data / "bioresources/PubChem.tsv.gz"):
            if len(name) >= UNMISTAKABLE:
                self.pubchem[name.casefold()].add(f"pubchem.compound:{number}")

    def curie(self, *names: str) -> str:
        """The identifier of the first of these names that has exactly one."""
        for table in (self.chebi, self.mesh):
            for name in names:
                found = table.get(name.casefold())
                if found and (len(found) == 1 or table is self.mesh):
                    return found.most_common(1)[0][0]
        return ""

    def compound(self, name: str) -> str:
        """PubChem's identifier of a name, where it has one alone."""
        found = self.pubchem.get(name.casefold(), set())
        return next(iter(found)) if len(found) == 1 else ""


UNMISTAKABLE = 8
"""Letters of a name that PubChem has and that means nothing else; its synonyms "CAT" and "DiI" are other things too."""
STEMS = re.compile(
    r"(mab|nib|platin|rubicin|taxel|tecan|bicin|mycin|cillin|cycline|floxacin|azole|statin|sartan|olol|pril|prazole|"
    r"setron|vir|parin|profen|oxicam|caine|dipine|zosin|triptan|gliptin|glitazone|semide|thiazide|dronate|dronic acid|"
    r"azepam|zolam|barbital|methasone|sone|solone|nisone|tidine|lukast|terol|phylline|mustine|stat|bine|trexate|"
    r"trexed|parib|ciclib|degib|rafenib|metinib|lisib|limus|zomib|stim|cept|curium|curonium|grel|xaban|gatran|"
    r"caftor|gliflozin|fungin|oxetine|pezil|racetam|triptyline|pramine|penem|coxib|domide|lutamide|steride|rasib|fenac|bactam)$"
)


def drugs(data: Path, chemicals: Chemicals, full: bool) -> Iterator[Entry]:
    """The field's drugs by hand, and ChEBI names that are drugs by name stem, drug list or annotation."""
    known: set[str] = set()
    for concept in curated("drugs"):
        preferred, names = concept[0].preferred, [e.name for e in concept]
        curie = concept[0].curie or chemicals.curie(preferred, *(n for n in names if len(n) > 6))
        curie = curie or chemicals.compound(preferred)
        known.update(map(normalise, names))
        yield from (e._replace(curie=curie or None) for e in concept)
    forms = [e.name for concept in curated("cores") for e in concept if e.type == "form"]
    known.update(map(normalise, forms))  # ChEBI has nanorods among its chemicals
    yield from only_as_cargo(chemicals, known)
    yield from nonproprietary(chemicals, known)
    panel = {row[0].casefold() for row in pairs(data / "bioresources/hms-drugs.tsv.gz")}
    for folded, curies in chemicals.chebi.items():
        if len(curies) > 1 or normalise(folded) in known or folded in NONSPECIFIC or not wordlike(folded):
            continue
        curie = next(iter(curies))
        spelled = next(n for n in chemicals.names[curie] if n.casefold() == folded)
        annotated = chemicals.annotated[folded] > 0 and not CLASSES.search(folded)
        drug = bool(STEMS.search(folded)) or folded in panel or annotated
        if drug or full or len(folded) > 6:
            kind = "drug" if drug and not is_short(spelled) else "chemical"
            yield Entry(spelled, curie, preferred_chemical(chemicals, curie, spelled), "name", kind, "", "chebi")
            known.add(normalise(spelled))
    for folded, curies in chemicals.mesh.items():
        if normalise(folded) in known or folded in NONSPECIFIC or len(folded) < 5 or not wordlike(folded):
            continue
        if CLASSES.search(folded) or sum(curies.values()) < 2:
            continue
        yield Entry(folded, curies.most_common(1)[0][0], folded, "name", "drug", "", "mesh")


def nonproprietary(chemicals: Chemicals, known: set[str]) -> Iterator[Entry]:
    """Drugs by their nonproprietary names, which are added to the known ones."""
    for name in NONPROPRIETARY:
        if normalise(name) not in known:
            known.add(normalise(name))
            curie = chemicals.curie(name) or chemicals.compound(name) or None
            yield Entry(name, curie, name, "name", "drug", "", "curated")


def only_as_cargo(chemicals: Chemicals, known: set[str]) -> Iterator[Entry]:
    """What bodies and kitchens hold, and is a drug only where something is loaded with it; added to the known names."""
    for name in CARGO:
        if normalise(name) not in known:
            known.add(normalise(name))
            curie = chemicals.curie(name) or chemicals.compound(name) or None
            yield Entry(name, curie, name, "name", "chemical", "", "curated")


def preferred_chemical(chemicals: Chemicals, curie: str, spelled: str) -> str:
    """A ChEBI entry's name; the file does not mark the preferred one, so the name itself stands."""
    names = chemicals.names[curie]
    return spelled if len(names) == 1 else min(names, key=lambda n: (not wordlike(n.casefold()), len(n), n))


NONPROPRIETARY = curated_names("drug_names")
"""Nonproprietary names of drugs, and names of agents that the field loads, from knowledge."""
CARGO = curated_names("cargo_names")
"""Metabolites, hormones, cytokines and enzymes that are named for themselves far more often than as a cargo."""
NONSPECIFIC = frozenset(curated_names("nonspecific_chemicals"))
"""Chemicals and classes of them that no paper means as a drug."""
CLASSES = re.compile(
    r"(?:agents?|drugs|inhibitors?|antagonists?|agonists?|blockers?|extract|hormones?|medicines?|vaccine|antigen|regimen"
    r"|(?<![uis])s)$|^anti\w+s?$|receptor|extract of|constituents"
)
"""Names of classes, among names annotated in corpora."""


def wordlike(name: str) -> bool:
    """Whether a chemical's name is one that prose uses, and no systematic formula."""
    return (
        4 <= len(name) <= 40
        and name[0].isalnum()
        and not re.search(r"[\[\]{}()<>^$,;:']|\d.*\d.*\d|\+|->|radical|residue|group$| ion$| atom$", name)
        and sum(c.isalpha() for c in name) >= 4
    )


# --- diseases --------------------------------------------------------------------------------------------------------


def diseases(data: Path, full: bool) -> Iterator[Entry]:
    """The field's own names, Disease Ontology names, and MeSH names of these or of what DO lacks."""
    known: dict[str, str] = {}
    found: list[Entry] = []
    for source in (curated_diseases, ontology_diseases, mesh_diseases):
        for entry in source(data, known, full):
            known.setdefault(normalise(entry.name), entry.curie or "")
            found += [entry, *british(entry)]
    above = disease_parents(data, {entry.curie for entry in found if entry.curie})
    for entry in found:
        parents = above.pop(entry.curie or "", ()) if not entry.subtype else ()  # said once
        yield entry._replace(parent="|".join(parents)) if parents else entry


def disease_parents(data: Path, wanted: set[str]) -> dict[str, list[str]]:
    """For each of these identifiers of Disease Ontology the nearest of them that it is a kind of."""
    with (data / "disease_ontology/HumanDO.tsv").open(encoding="utf-8", newline="") as lines:
        table = list(csv.DictReader(lines, delimiter="\t"))
    by_label = {row["label"]: row["id"] for row in table}
    direct: dict[str, set[str]] = defaultdict(set)
    for row in table:
        if row["subClassOf"] in by_label:
            direct[row["id"]].add(by_label[row["subClassOf"]])

    def nearest(curie: str) -> set[str]:
        return {each for parent in direct[curie] for each in ({parent} if parent in wanted else nearest(parent))}

    return {curie: sorted(nearest(curie)) for curie in sorted(wanted & direct.keys())}


def curated_diseases(_data: Path, _known: dict[str, str], _full: bool) -> Iterator[Entry]:
    """What this field calls its diseases."""
    for concept in curated("diseases"):
        yield from concept


def ontology_diseases(data: Path, known: dict[str, str], full: bool) -> Iterator[Entry]:
    """Exact names of Disease Ontology that prose uses."""
    labels = ontology_labels(data)
    for row in rows(data / "disease_ontology/do_names_merged.tsv"):
        name = row["name"]
        if row["id"] not in labels or row["scope"] != "EXACT" or normalise(name) in known:
            continue
        label = row["kind"] == "label"
        short_word = label and name.islower() and len(name) == 4  # "gout"
        if name.casefold() in NONSPECIFIC_DISEASES or is_short(name) or not (full or short_word or disease_like(name)):
            continue
        status = "name" if label else "synonym"
        yield Entry(name, row["id"], labels[row["id"]], status, "disease", "", "disease_ontology")


def ontology_labels(data: Path) -> dict[str, str]:
    """Disease Ontology's present names by identifier."""
    return {
        row["id"]: row["name"]
        for row in rows(data / "disease_ontology/do_names_merged.tsv")
        if row["kind"] == "label" and row["source"] == "HumanDO.tsv"
    }


def mesh_diseases(data: Path, known: dict[str, str], full: bool) -> Iterator[Entry]:
    """MeSH names: more names of what is known already, and things that Disease Ontology lacks."""
    labels = ontology_labels(data) | {e.curie: e.preferred for e, *_ in curated("diseases") if e.curie}
    seen = annotated_diseases(data)
    mesh: dict[str, list[str]] = defaultdict(list)
    for name, identifier in pairs(data / "bioresources/mesh-disease.tsv.gz"):
        mesh[identifier].append(name)
    for identifier, spelled in mesh.items():
        same = {known[normalise(name)] for name in spelled if normalise(name) in known}
        if len(same) > 1:
            continue
        curie = next(iter(same), "") or f"mesh:{identifier}"
        preferred = labels.get(curie) or usual_name(spelled, seen)
        for name in spelled:
            if normalise(name) not in known and (full or in_prose(name, seen)) and not is_short(name):
                yield Entry(lower_first(name), curie, lower_first(preferred), "synonym", "disease", "", "mesh")


def in_prose(name: str, seen: set[str]) -> bool:
    """Whether prose uses a MeSH name: none too general; of single words those that end or serve as a disease's."""
    if name.casefold() in NONSPECIFIC_DISEASES or not disease_like(name):
        return False
    return " " in name or name.casefold() in seen or SUFFIX.search(name.casefold()) is not None


def usual_name(spelled: list[str], seen: set[str]) -> str:
    """Of a MeSH term's names the one that prose uses: annotated in a corpus, not inverted, singular, short."""
    return min(spelled, key=lambda n: ("," in n, n.casefold() not in seen, n.endswith("s"), len(n), n))


BRITISH = tuple(
    (re.compile(american), spelled)
    for american, spelled in (
        (r"tumor", "tumour"),
        (r"(?<!a)emi(?=as?\b)", "aemi"),
        (r"\b(isch|leuk|an|ur|bacter|septic|hyperglyc|hypoglyc)emi(?=c)", r"\1aemi"),
        (r"(?<=isch)emi(?=a)", "aemi"),
        (r"\bhem(?=[oa])", "haem"),
        (r"\b(?=edema)|(?<=lymph)(?=edema)", "o"),
        (r"\b(?=esophag)", "o"),
        (r"rrhea\b", "rrhoea"),
        (r"\bgynec", "gynaec"),
        (r"\bpediatric", "paediatric"),
        (r"(?<=[a-z]{3})iz(?=ation\b|ing\b|ed\b)", "is"),
        (r"neuron (?=disease)", "neurone "),
    )
)
"""American spellings in names of diseases and therapies, and their British ones."""


def british(entry: Entry) -> Iterator[Entry]:
    """A name's British spelling, where it has one."""
    spelled = entry.name
    for american, theirs in BRITISH:
        spelled = american.sub(theirs, spelled)
    if spelled != entry.name:
        yield entry._replace(name=spelled, status="synonym")


def both_spellings(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Names with their British spellings, where those are not listed themselves."""
    listed = list(entries)
    names = {entry.name for entry in listed}
    yield from listed
    for entry in listed:
        yield from (other for other in british(entry) if other.name not in names)


def annotated_diseases(data: Path) -> set[str]:
    """Names annotated as diseases in the training and development parts of BC5CDR and BioRED."""
    return {
        row[3].casefold()
        for corpus, kind in (("bc5cdr", "Disease"), ("biored", "Disease"))
        for part in ("train", "dev")
        for row in annotations(data / f"{corpus}/{part}.pubtator", kind)
    }


SUFFIX = re.compile(
    r"(?:omas?|itis|osis|oses|a?emia|pathy|pathies|plegia|algia|trophy|sclerosis|cancer|penia|uria|rrh?ea|rrhage|stenosis|"
    r"plasia|pnea|phrenia|iasis|paresis|ectasis|stroke|itides|toxicity)$"
)
"""How single words that name a disease end."""
NONSPECIFIC_DISEASES = frozenset(curated_names("nonspecific_diseases"))


def disease_like(name: str) -> bool:
    """Whether a disease's name is one that prose uses: no inversion, no numbered genetic subtype."""
    return (
        len(name) <= 50
        and len(name) > 4
        and "," not in name
        and not re.search(r"\d|type [IVXA-Z]+\b|autosomal|X-linked|deficiency|syndrome \w+$|susceptibility", name)
    )


def lower_first(name: str) -> str:
    """MeSH capitalises every word; prose does not. Names with inner capitals (eponyms stay) keep theirs."""
    words = name.split()
    if (
        all((w[:1].isupper() and w[1:].islower()) or not w[:1].isalpha() or w.islower() for w in words)
        and "'" not in name
    ):
        return name.lower() if len(words) > 1 or name[1:].islower() else name
    return name


# --- the small ones --------------------------------------------------------------------------------------------------


def cell_types(data: Path, full: bool) -> Iterator[Entry]:
    """The cells whose membranes are used, by hand, with Cell Ontology identifiers; all of CL with --full."""
    known = set()
    named = dict(pairs(data / "bioresources/CellOntology.tsv.gz"))
    for concept in curated("cell_types"):
        known.update(normalise(e.name) for e in concept)
        curie = concept[0].curie or named.get(concept[0].preferred) or None
        yield from (e._replace(curie=curie) for e in concept)
    yield from microbes(data)
    if full:
        labels: dict[str, str] = {}
        for name, printed in pairs(data / "bioresources/CellOntology.tsv.gz"):
            curie = printed.removeprefix("CL:") if printed.startswith("CL:CL:") else printed  # the file has both
            labels.setdefault(curie, name)
            if normalise(name) and normalise(name) not in known:
                yield Entry(name, curie, labels[curie], "synonym", "cell_type", "", "cell_ontology")


def microbes(data: Path) -> Iterator[Entry]:
    """Bacteria, yeasts and other microbes by species and strain: their species in NCBI Taxonomy, else in MeSH."""
    taxa = dict(pairs(data / "bioresources/Species.tsv.gz"))
    for concept in curated("microbes"):
        number = taxa.get(concept[0].preferred, "")
        organism = concept[0].taxon or (f"NCBITaxon:{number}" if number else "")
        curie = organism or concept[0].curie
        yield from (e._replace(curie=curie, taxon=organism) for e in concept)


def modalities() -> Iterator[Entry]:
    """The controlled vocabulary of therapy and imaging."""
    for concept in curated("modalities"):
        yield from concept


def cores(data: Path, chemicals: Chemicals) -> Iterator[Entry]:
    """Materials and forms of cores by hand, and whole particles that NPO or ChEBI have."""
    terms = particle_terms(data)
    for concept in curated("cores"):
        first = concept[0]
        curie = first.curie or (chemicals.curie(first.preferred) if first.type == "material" else "")
        curie = curie or terms.get(first.preferred, "")
        yield from (e._replace(curie=curie or None) for e in concept)

    for name, curie in terms.items():
        yield Entry(name, curie, name, "name", "particle", "", "enanomapper")


PARTICLE = re.compile(
    r"(?:nano(?:particle|rod|tube|shell|cage|sphere|capsule|emulsion|wire|fiber|gel)|liposome|micelle|dendrimer"
    r"|quantum dot)$"
)
"""How the names of whole particles end."""
NO_PARTICLE = re.compile(r"^(?:metal )?nanoparticle$|\b(?:of|in|modified|coated|loaded|encapsulated)\b")
"""What names parts and processes, or a coat or load, which no core's name holds."""


def particle_terms(data: Path) -> dict[str, str]:
    """Particles by name in eNanoMapper's slims: ChEBI's identifier, else that of the NanoParticle Ontology."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows(data / "enanomapper/enm_names.tsv"):
        term = re.search(r"(?:NPO|CHEBI)_\d+$", row["iri"])
        if term and PARTICLE.search(row["name"]) and not NO_PARTICLE.search(row["name"]):
            found[row["name"]].append(term.group().replace("NPO_", "npo:").replace("CHEBI_", "CHEBI:"))
    return {name: min(curies) for name, curies in sorted(found.items())}


def strains() -> Iterator[Entry]:
    """Strains (MeSH) and species (NCBI Taxonomy, else MeSH) of laboratory and farm animals."""
    for concept in (*curated("strains"), *curated("species")):
        yield from concept


def nonspecific() -> Iterator[Entry]:
    """Chemicals and diseases too general to be anyone's drug or diagnosis; a model's vote for one is not accepted."""
    for concept in (*curated("nonspecific_chemicals"), *curated("nonspecific_diseases")):
        yield from concept


def blocklist(data: Path, lines: Iterable[Entry]) -> Iterator[Entry]:
    """Names that look like cell lines or drugs and are none: by hand, and genes' names that lines bear too."""
    for concept in curated("blocklist"):
        yield from concept
    attested = {normalise(name) for name in used_names(data)}
    attested |= {normalise(row[0]) for row in pairs(data / "bioresources/atcc.tsv.gz")}
    named = {normalise(e.name) for e in lines if e.source != "curated"} - {
        normalise(e.name) for e in lines if e.source == "curated"
    }
    for name in sorted(gene_names(data)):
        if normalise(name) in named and normalise(name) not in attested and re.search(r"[A-Z]", name) and len(name) < 9:
            yield Entry(name, None, name, "name", "blocklist", "", "corpora", "gene")


def gene_names(data: Path) -> set[str]:
    """Names annotated as genes or proteins at least twice in the training parts of BioRED, JNLPBA and BioNLP13CG."""
    names: Counter[str] = Counter()
    for part in ("train", "dev"):
        names.update(row[3] for row in annotations(data / f"biored/{part}.pubtator", "Gene"))
    for path in sorted((data / "jnlpba/train").glob("*.ann")):
        for line in path.read_text(encoding="utf-8").splitlines():
            _, kind, name = line.split("\t")[:3]
            names.update([name] if kind.startswith("protein ") else [])
    tokens = (data / "mtl_bioinformatics_2016/BioNLP13CG-IOB/train.tsv").read_text(encoding="utf-8").splitlines()
    names.update(line.split("\t")[0] for line in tokens if line.endswith("\tB-Gene_or_gene_product"))
    return {name for name, count in names.items() if count > 1}


# --- identifiers by label, and labels --------------------------------------------------------------------------------


def linked(entries: Iterable[Entry], identifiers: Iterable[Sequence[str]]) -> Iterator[Entry]:
    """Entries with the identifiers of their concepts, given as type, name and identifier, where they have none."""
    found = {(kind, name): curie for kind, name, curie, *_ in identifiers}
    for entry in entries:
        curie = entry.curie or (found.get((entry.type, entry.preferred)) if entry.source == "curated" else None)
        yield entry._replace(curie=curie)


def found_identifiers() -> list[tuple[str, str, str]]:
    """Type, name and identifier of the curated concepts in official/identifiers.tsv."""
    table = rows(ROOT / "models/lexicons/official/identifiers.tsv")
    return [(row["type"], row["name"], row["identifier"]) for row in table]


def labelled(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries whose preferred name is the vocabulary's label, where official/labels.tsv has one that is in use.

    What the curated list or the compiler calls the concept stays one of its names.
    """
    labels = {
        (row.identifier, row.name): row.label
        for row in read_labels()
        if row.label and not row.kept and not same_words(row.label, row.name)
    }
    for entry in entries:
        label = labels.get((entry.curie or "", entry.preferred))
        if label is not None:
            status = "name" if entry.name == label else "synonym" if entry.status == "name" else entry.status
            yield entry._replace(preferred=label, status=status)
        else:
            yield entry


# --- checks and output -----------------------------------------------------------------------------------------------


ANIMALS = re.compile(r"\b(?:mice|rats|inbred)\b", re.IGNORECASE)
"""What MeSH adds to the names of strains ("Rats, Inbred Lewis")."""


def telling(name: str) -> str:
    """A name without order, number and species: "Rats, Inbred Lewis" is "Lewis"."""
    words = ANIMALS.sub(" ", name).replace("-", " ").split()
    return normalise("".join(sorted(word.strip(",").casefold().removesuffix("s") for word in words)))


def check_curated(data: Path, entries: Iterable[Entry], chemicals: Chemicals) -> list[str]:
    """Identifiers given by hand whose official names include none of ours."""
    official: dict[str, set[str]] = defaultdict(set)
    for curie, names in chemicals.names.items():
        official[curie] |= {telling(n) for n in names}
    for row in rows(data / "disease_ontology/do_names_merged.tsv"):
        official[row["id"]].add(telling(row["name"]))
    for name, curie in pairs(data / "bioresources/CellOntology.tsv.gz"):
        official[curie].add(telling(name))
    for name, taxon in pairs(data / "bioresources/Species.tsv.gz"):
        official[f"NCBITaxon:{taxon}"].add(telling(name))
    for row in rows(data / CELLOSAURUS):
        official[f"cellosaurus:{row['accession']}"].add(telling(row["name"]))
    for name, identifier in pairs(data / "bioresources/mesh-disease.tsv.gz"):
        official[f"mesh:{identifier}"].add(telling(name))
    for row in rows(ROOT / "models/lexicons/official/names.tsv"):
        official[row["curie"]].add(telling(row["name"]))
    ours: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in entries:
        if entry.source == "curated" and entry.curie and not entry.curie.startswith(("npo", "pubchem")):
            ours[entry.curie, entry.preferred] |= {telling(entry.name), telling(entry.preferred)}
    return [
        f"{curie} {preferred}: official names {sorted(official.get(curie, set()))[:4]}"
        for (curie, preferred), names in ours.items()
        if not names & official.get(curie, set())
    ]


def write(path: Path, entries: Iterable[Entry]) -> int:
    """Write one lexicon, sorted, without repetitions."""
    stripped = (e._replace(name=e.name.strip(), preferred=e.preferred.strip()) for e in reversed(list(entries)))
    unique = {(e.name, e.curie, e.type, e.taxon): e for e in stripped}
    return write_table(path, unique.values())


def compiled(data: Path, chemicals: Chemicals, full: bool) -> dict[str, list[Entry]]:
    """The entries of every lexicon but the substances', with the names that curated lists and sources give first."""
    lines = [*usual_lines(data), *cell_lines(data, full)]
    return {
        "cell_lines": lines,
        "cell_types": list(both_spellings(cell_types(data, full))),
        "drugs": list(drugs(data, chemicals, full)),
        "diseases": list(diseases(data, full)),
        "modalities": list(both_spellings(modalities())),
        "cores": list(cores(data, chemicals)),
        "strains": list(strains()),
        "nonspecific": list(both_spellings(nonspecific())),
        "blocklist": list(blocklist(data, lines)),
    }


def main() -> None:
    """Build every lexicon and report what was written and what is doubtful."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the official vocabularies")
    parser.add_argument("--out", type=Path, default=ROOT / "models/lexicons")
    parser.add_argument("--full", action="store_true", help="take every name instead of the working selection")
    args = parser.parse_args()
    chemicals = Chemicals(args.data)
    built, found = compiled(args.data, chemicals, args.full), found_identifiers()
    args.out.mkdir(parents=True, exist_ok=True)
    for name, entries in built.items():
        sys.stderr.write(f"{name}: {write(args.out / f'{name}.tsv', labelled(linked(entries, found)))} names\n")
    for problem in check_curated(args.data, (e for es in built.values() for e in es), chemicals):
        sys.stderr.write(f"check: {problem}\n")


if __name__ == "__main__":
    main()
