"""Cell lines and cell types: lexicon hits that the context supports, their variants, and names of a line's shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.linking import Hit
from pipeline.linking.linker import Link, settle
from pipeline.linking.linker import link as link_name
from pipeline.ner.rules.cores.patterns import METAL_COMPOUND
from pipeline.ner.rules.words import any_of, words
from pipeline.ner.state import MentionCandidate, State
from pipeline.ranges import Ranges

_WORDS = words().cell

_KIND = (
    r"(?:(?:human|mouse|murine|rat|breast|lung|liver|colon|colorectal|cervical|ovarian|prostate|pancreatic|gastric"
    r"|skin|brain|oral|bladder|renal|kidney|hepatic|metastatic|cancer|tumou?r|cancerous|malignant|carcinoma"
    r"|adenocarcinoma|hepatocarcinoma|hepatoma|melanoma|glioma|glioblastoma|osteosarcoma|sarcoma|lymphoma|leuk\w+"
    r"|myeloma|neuroblastoma|squamous|source|living|live|parental|wild-type|homotypic|homologous|subcutaneous"
    r"|orthotopic|derived|epithelial|endothelial|ductal|stem|dendritic|luciferase-expressing|microglia\w*|smooth|muscle"
    r"|triple-negative|non-small|suspension|macrophage|xenograft|solid|primary|adherent|resistant|cell)[\s-]+)"
)
_NOUN = (
    r"(?:cells?|(?:cell[- ])?lines?\b|tumou?rs?|xenografts?|allografts?|membrane\w*|CMs?\b|spheroids?|fibroblasts"
    r"|macrophages?|keratinocytes|hepatocytes|monocytes|myoblasts|ascites)"
)
_CELLS_RIGHT = re.compile(rf"(?:\s*\([^)]{{1,20}}\))?[\s-]*{_KIND}{{0,4}}{_NOUN}", re.IGNORECASE)
_BEARING_RIGHT = re.compile(
    r"[\s-]+(?:bearing|derived|model|inoculated|grafted|CM)\b|C?M@|CM\b|-CM|,\s(?:a|another|the)\s(?:[\w-]+\s){0,3}line\b",
    re.IGNORECASE,
)
_CELLS_LEFT = re.compile(
    r"(?:cell[\s-]?lines?|(?:cancer|tumou?r|\w+oma)\s+(?:cells?|line)|cells?|membranes? (?:of|from)"
    r"|(?:cytotoxic\w*|toxic\w*) (?:to|against|towards?)|uptake (?:by|in)|(?:viability|proliferation) of"
    r"|IC50 (?:in|against)|(?:macrophages?|fibroblasts?|microglia|\w+cytes?|\w+blasts?)(?=\s\())\s*"
    r"(?:\(|,|:|such as|including|named|namely|called|like|i\.e\.|e\.g\.)?\s*(?:the |mouse |murine |human )*$",
    re.IGNORECASE,
)
CELLISH = re.compile(
    r"\b(?:cells?|lines?|tumou?rs?|xenograft\w*|bearing|inoculat\w+|cytotoxic\w*|coat\w*|uptake|\w*cytes?|\w+oma)\b|CM@|M@",
    re.IGNORECASE,
)
_LIST_RIGHT = re.compile(r"\s*(?:,|;|/|\band\b|\bn?or\b|&|\+)\s*(?:and\s+|or\s+)?")
_LIST_LEFT = re.compile(r"\s*(?:,|;|/|\band\b|\bn?or\b|&|\+)\s*(?:and\s+|or\s+)?$")

_SUBLINE = re.compile(
    r"[-/ ]?(?:OVA|ova|[Ff]?[Ll]uc2?|LUC|[Ll]uciferase|e?GFP|RFP|mCherry|tdTomato|ZsGreen|iRFP|ADR|Adr|adr|DOX|Dox"
    r"|TAX|Tax|PTX|DDP|CDDP|cis|CIS|MDR1?|DX|VCR|Taxol|TR|GR|TK-?|Her2|HER2|[hm]CD19|hEGFR|WT|KO|TMZ|GEM|OXA|5-?FU|LM\d?|R(?![\w-]))"
    r"(?:[-/](?:[Ll]uc2?|GFP|OVA))?(?!\w)"
)
"""What makes a line's name that of an engineered or resistant descendant."""
_ALTERED = re.compile(
    r"(?:(?<![\w-])(?:MHC(?:[- ]class)?[- ]I{1,2}"
    r"|[\w\u0370-\u03ff]*[A-Z0-9\u0370-\u03ff][\w\u0370-\u03ff]*(?:[-/][\w\u0370-\u03ff]+)*)"
    r"[- ](?:deficient|knock-?out|knock-?down|over-?expressing|null|silenced|depleted|negative|edited"
    r"|displaying|expressing)"
    r"|(?<!\w)[A-Za-z]+-(?:engineered|modified|edited|resistant|deficient|expressing|overexpressing)|drug-resistant|wild-type|WT|KO)\s$"
)
"""What was done to a line, in front of its name."""
_NOT_ALTERED = re.compile(r"(?:surface|membrane|NHS|chemically|PEG\w*|coated|triple|un\w+)-", re.IGNORECASE)

WELL_KNOWN = frozenset(("HeLa", "Hela", "HELA", "Jurkat", "Renca", "RENCA", "Caco-2", "HepG2", "HaCaT", "HEK293T"))
"""Lines whose names need no context."""
_NO_LINE_WORDS = frozenset(
    ("cancer", "tumor", "target", "normal", "control", "parent", "hybrid", "human", "mouse", "source")
)


def find(text: str, state: State) -> Iterator[MentionCandidate]:
    """Every cell line and cell type."""
    lines = list(_lines(text, state))
    yield from lines
    types = [*_types(text, state), *_of_diseases(text, lines, state)]
    yield from types
    yield from _vesicles(text, types)
    known = Ranges(lines)
    yield from (f for f in _shaped(text, state) if not known.over(f.start, f.end))


def longest(hits: Sequence[Hit], kind: str) -> list[Hit]:
    """Hits with their entries of one type, without those that overlap a longer or earlier one of the type."""
    own = [Hit(h.start, h.end, kept) for h in hits if (kept := tuple(e for e in h.entries if e.type == kind))]
    own.sort(key=lambda h: (h.start, -h.end))
    found: list[Hit] = []
    for hit in own:
        if not found or hit.start >= found[-1].end:
            found.append(hit)
        elif (hit.start, hit.end) == (found[-1].start, found[-1].end):
            found[-1] = Hit(hit.start, hit.end, found[-1].entries + hit.entries)
        elif hit.end - hit.start > found[-1].end - found[-1].start:
            found[-1] = hit
    return found


# --- lines -----------------------------------------------------------------------------------------------------------


def _lines(text: str, state: State) -> Iterator[MentionCandidate]:
    hits = [h for h in longest(state.hits, "cell_line") if not _is_excluded(h, text, state)]
    sure = {text[h.start : h.end] for h in hits if _is_supported(h, text, state)}
    starts = {h.start: h for h in hits}
    ends = {h.end: h for h in hits}
    queue = [h for h in hits if text[h.start : h.end] in sure or _ends_list(h, text, starts, ends)]
    chosen = {h.start for h in queue}
    while queue:  # "B16, HeLa and 4T1 cells": the whole list is of lines
        for other in _neighbours(queue.pop(), text, starts, ends):
            if other.start not in chosen:
                chosen.add(other.start)
                queue.append(other)
    yield from (_as_line(hit, text, state) for hit in hits if hit.start in chosen)


def _ends_list(hit: Hit, text: str, starts: dict[int, Hit], ends: dict[int, Hit]) -> bool:
    """Whether a number stands behind a line's name and before "cells": "T24 and 5637 cells"."""
    number = not any(c.isalpha() for c in text[hit.start : hit.end])
    return number and is_cell_context(text, hit.end) and any(_neighbours(hit, text, starts, ends))


def _neighbours(hit: Hit, text: str, starts: dict[int, Hit], ends: dict[int, Hit]) -> Iterator[Hit]:
    """The hits that stand in one list with this one."""
    right = _LIST_RIGHT.match(text, hit.end, hit.end + 12)
    if right and (other := starts.get(right.end())):
        yield other
    left = _LIST_LEFT.search(text, max(0, hit.start - 12), hit.start)
    if left and (other := ends.get(left.start())):
        yield other


def _is_excluded(hit: Hit, text: str, state: State) -> bool:
    """Whether the document or the field uses this name for something else."""
    surface = text[hit.start : hit.end]
    listed = any(e.source == "curated" and e.name == surface for e in hit.entries)  # "TC-1", not the blocked "Tc1"
    if (
        (state.blocklisted.get(hit.start, 0) >= hit.end and not listed)
        or surface.islower()
        or _is_material(surface, state)
    ):
        return True
    if not any(c.isalpha() for c in surface):  # "T24 and 5637 cells": the list it stands in decides
        return len(surface) < 4 or not any(e.preferred == surface for e in hit.entries)
    if surface.endswith("s") and not any(e.name.endswith("s") for e in hit.entries):
        return True  # "SNPs": no line has a plural
    if (long := state.abbreviations.get(surface)) is not None:
        line = state.lexicon is not None and bool(state.lexicon.lookup(long, ("cell_line",)))
        return not line and not re.search(r"\bcells?$|\bcell line\b", long, re.IGNORECASE)
    before = text[max(0, hit.start - 2) : hit.start]
    if before[-1:] in ("-", "/") and before[:1].isalnum():  # "DDR1-IN-1", "APP/PS1": part of a longer name
        cells = {h.end for h in state.hits if any(e.type in ("cell_line", "cell_type") for e in h.entries)}
        return hit.start - 1 not in cells
    return False


def _is_material(surface: str, state: State) -> bool:
    """Whether a line's name is a compound's formula or a material here: "CaCO3"."""
    formula = any(c.isdigit() for c in surface) and METAL_COMPOUND.fullmatch(surface) is not None
    return formula or (state.lexicon is not None and bool(state.lexicon.lookup(surface, ("material",))))


def is_cell_context(text: str, end: int) -> bool:
    """Whether the words after a name say that it is a line's: "cells", "tumour-bearing"."""
    return (_CELLS_RIGHT.match(text, end) or _BEARING_RIGHT.match(text, end)) is not None


def _is_supported(hit: Hit, text: str, state: State) -> bool:
    """Whether the words around this place say that it is a line."""
    surface = text[hit.start : hit.end]
    if surface in WELL_KNOWN or not any(c.isalpha() for c in surface):
        return surface in WELL_KNOWN
    begin, stop = state.sentence(hit.start)
    after = hit.end
    if sub := _SUBLINE.match(text, after):
        after = sub.end()
    direct = any(
        pattern.match(text, at, stop)
        for at in {after, _past_disease(text, after, state)}
        for pattern in (_CELLS_RIGHT, _BEARING_RIGHT)
    )
    direct = direct or (_past_disease(text, after, state) > after and any(c.isdigit() for c in surface))
    if surface.isalpha() and surface[1:].islower():
        return direct and _is_name(surface, text)
    normalised = "".join(c for c in surface if c.isalnum())
    if direct:
        return True
    if len(normalised) <= 2 or (normalised.isalpha() and len(normalised) <= 4):
        return False
    if _CELLS_LEFT.search(text, max(begin, hit.start - 60), hit.start):
        return True
    coded = any(c.isdigit() for c in normalised) and any(c.isupper() for c in normalised)
    few = len({e.curie for e in hit.entries}) <= 3
    long = len(normalised) > 4 or (
        len(normalised) > 2 and "-" in surface and any(e.preferred == surface for e in hit.entries)
    )
    return (
        coded
        and few
        and long
        and (CELLISH.search(text, begin, stop) is not None or _KEPT.search(text, begin, stop) is not None)
    )


def _is_name(word: str, text: str) -> bool:
    """Whether a capitalised word is a name here: no common word, and never written small in the text."""
    small = word.lower()
    return small not in _NO_LINE_WORDS and re.search(rf"\b{small}s?\b", text) is None


def _past_disease(text: str, end: int, state: State) -> int:
    """The end of the disease that follows, whose cells are meant: "ARD multiple myeloma cells"."""
    gap = re.compile(r"\s+").match(text, end)
    return state.diseases.get(gap.end(), end) if gap else end


def derivation(text: str, end: int) -> str:
    """What the name of a line that ends here goes on with if it is a derived one: "-OVA", "/ADR"; else nothing."""
    match = _SUBLINE.match(text, end)
    return match.group() if match else ""


def _as_line(hit: Hit, text: str, state: State) -> MentionCandidate:
    link = settle(hit.entries, text[hit.start : hit.end], taxon=_species(text, hit, state))
    start, end = hit.start, hit.end
    derived = derivation(text, end)  # a derived line is linked to the one it comes from, and keeps its own name
    if derived:
        end += len(derived)
    elif any(e.name.endswith("-") for e in hit.entries) and re.match(r"-(?!\w)", text[end : end + 2]):
        end += 1  # "16HBE14o-"
    altered = _ALTERED.search(text, max(0, start - 50), start)
    if altered and not _NOT_ALTERED.match(altered.group()):
        start = altered.start()
    return MentionCandidate(
        start, end, "CELL_LINE", link.name + derived, 0.95 if link.curie else 0.75, "lexicon", "cell_lines",
        curie=link.curie, candidates=link.candidates, caution=link.caution, taxon=link.taxon, priority=2,
    )  # fmt: skip


_SPECIES = (
    ("NCBITaxon:10090", re.compile(r"\b(?:mouse|murine|mice)\b", re.IGNORECASE)),
    ("NCBITaxon:10116", re.compile(r"\brats?\b", re.IGNORECASE)),
    ("NCBITaxon:9606", re.compile(r"\b(?:human|patients?)\b", re.IGNORECASE)),
)


def _species(text: str, hit: Hit, state: State) -> str:
    """The one species that the words nearby name, as a taxon."""
    begin, stop = state.sentence(hit.start)
    near = (max(begin, hit.start - 80), min(stop, hit.end + 80))
    stated = [taxon for taxon, pattern in _SPECIES if pattern.search(text, *near)]
    return stated[0] if len(stated) == 1 else ""


_SHAPED = re.compile(
    r"(?<![\w/@.+-])(?P<name>(?:(?:[A-Z][A-Za-z]{0,6}|[a-z]{1,2}[A-Z]{1,5})[-/]?|[A-Z]{2,5} )?"
    r"\d{1,5}[A-Za-z]{0,4}\d{0,3}(?:[-./][A-Z]?\w{1,5}){0,2})(?=\s+(?:(?:cancer|tumou?r|carcinoma|melanoma|breast|lung|glioma|myeloma|leukemia"
    r"|hepatoma)\s+)?(?:cells\b|cell lines?\b|cell membranes?\b|xenografts?\b|tumou?r-bearing))"
)
_NO_LINE = re.compile(
    r"(?:CD\d|IL-?\d|Cy\d|TLR|PD-|Ki-?67|MUC|F-?\d+$|p\d|T\d|Th\d|M\d$|G\d|HLA|MHC|BRCA|HER|ErbB|CXCR|CCR|Fig|Table|Day|Group"
    r"|Type|Phase|Stage|Grade|Ly6|Sca|Bcl|ICAM|VCAM|HSP|TNF|IFN|H-?2|NKG2|Lgr|Nrf|STAT|SOX|OCT|Oct|FOX|UV|pH|PM|VE|PCN|ZIF"
    r"|MIL|UiO|PEG|Fe|Mn|Cu|Au|Pt|C60|O2|H2O|IR-?\d{3}|R8[34]|ROS|Rab|Tie|EGFR|CO2|10\^)"
)
_QUANTITY = re.compile(r"\d+(?:\.\d+)?$|\d+[a-z]{1,3}$|[\d.,×x]+$|\d+[-–]\d+$")


def _shaped(text: str, state: State) -> Iterator[MentionCandidate]:
    """Names that no lexicon has, but that are written like a line's and stand before "cells"."""
    for match in _SHAPED.finditer(text):
        name, start = match["name"], match.start("name")
        known = start in state.blocklisted or name in state.abbreviations
        if known or _NO_LINE.match(name) or _QUANTITY.match(name) or not any(c.isupper() for c in name):
            continue
        yield MentionCandidate(start, start + len(name), "CELL_LINE", name, 0.6, "rule", "cell_line_shape", priority=1)


# --- types -----------------------------------------------------------------------------------------------------------

_SAFE_TYPES = frozenset(
    (
        "RBC", "RBCs", "DCs", "MSC", "MSCs", "BMSC", "BMSCs", "PBMC", "PBMCs", "MDSC", "MDSCs", "BMDC", "BMDCs", "BMDM",
        "BMDMs", "TAMs", "Tregs", "Treg", "ADSCs", "iPSCs", "iPSC", "OMVs", "HSCs", "NSCs", "hUCMSCs", "BM-MSCs",
        "UC-MSCs", "hUC-MSCs", "CTLs", "EVs", "WBC", "PLTs", "HUVEC", "HUVECs",
    )
)  # fmt: skip
"""Abbreviations of cell types that mean nothing else in this field."""
_TYPE_RIGHT = re.compile(
    r"[\s-]*(?:cells?|membranes?|derived|lysates?|vesicles?|ghosts?|subsets?|populations?|maturation|activation)",
    re.IGNORECASE,
)
_CELL_WORD = re.compile(r"cell|cyte|platelet|phage|vesicle|fibroblast", re.IGNORECASE)
_ENDS_IN_CELL = re.compile(r"(?:cells?|cytes?|platelets?|phages?|blasts?|vesicles?|exosomes?|phils?)$", re.IGNORECASE)
_CELLS = re.compile(r"[\s-]cells?\b")
_TIED = re.compile(r"\w[-\u2010-\u2013]$")
_BLOOD_COUNT = re.compile(r"\b(?:HGB|HCT|MCV|MCHC?|MPV|RDW|(?:ALT|AST)[^.]{0,40}\b(?:BUN|CRE|CREA)|h(?:a)?ematocrit)\b")
"""A list of what a blood count gives, RBC and PLT among it."""


def _types(text: str, state: State) -> Iterator[MentionCandidate]:
    for hit in longest(state.hits, "cell_type"):
        surface = text[hit.start : hit.end]
        if _abbreviated(surface) and not _means_cells(surface, hit, text, state):
            continue
        if _NOT_OF_CELLS.match(text, hit.end):
            continue
        if surface[1:2] == " " and _TIED.search(text, max(0, hit.start - 2), hit.start):
            continue  # "HCE-T cells"
        link, start = settle(hit.entries, surface), hit.start
        if tissue := _TISSUE.search(text, max(0, start - 45), start) if _SOME_TISSUES.search(surface) else None:
            start = tissue.start()
            link = _known_type(text[start : hit.end], state)
        tail = None if _ENDS_IN_CELL.search(surface) or surface == "HUVEC" else _CELLS.match(text, hit.end)
        end = tail.end() if tail else hit.end
        yield MentionCandidate(
            start, end, "CELL_TYPE", link.name, 0.9, "lexicon", "cell_types", curie=link.curie, priority=1
        )


_KEPT = re.compile(rf"\b{any_of(_WORDS.kept)}\b")
"""Words of a sentence that says where lines come from and how they are kept."""
_NOT_OF_CELLS = re.compile(any_of(_WORDS.counted_or_made), re.IGNORECASE)
"""Words behind a type of cells that count it, or name what it has or does: "platelet counts", "T-cell receptor"."""
_TUMOUR_END = re.compile(rf"{any_of(_WORDS.tumours)}$", re.IGNORECASE)
_DISEASED = re.compile(r"[\s-](?:cells?|blasts?)\b")
_WORN = re.compile(rf"[\s-]{any_of(_WORDS.worn)}\b(?!\s(?:potential|receptor|permeab|integrity))", re.IGNORECASE)
_DISEASE_MODIFIER = re.compile(rf"(?<![\w-]){any_of(_WORDS.modifiers)}\s$", re.IGNORECASE)
_VESICLE = re.compile(rf"[\s-](?P<kind>{any_of(_WORDS.vesicles)})\b", re.IGNORECASE)


def _of_diseases(text: str, lines: Sequence[MentionCandidate], state: State) -> Iterator[MentionCandidate]:
    """Cells named by their tumour, where no line in front names them: "leukemia cell", "breast cancer cells".

    Of a membrane the tumour alone may be named: "glioblastoma membrane".
    """
    ends = {line.end for line in lines}
    for start, end in state.diseases.items():
        tail = _DISEASED.match(text, end)
        stop = tail.end() if tail else end
        if not (tail or _WORN.match(text, end)) or not _TUMOUR_END.search(text[start:end]) or {start - 1, start} & ends:
            continue
        modifier = _DISEASE_MODIFIER.search(text, max(0, start - 20), start)
        begin = modifier.start() if modifier else start
        name = re.sub(r"s$", "", text[start:stop].replace("-", " ").casefold()) + ("" if tail else " cell")
        yield MentionCandidate(
            begin, stop, "CELL_TYPE", name, 0.85, "rule", "cells_of_tumours", curie=MALIGNANT, priority=2
        )


MALIGNANT = "CL:0001064"
"""The Cell Ontology's malignant cell."""


def _vesicles(text: str, types: Sequence[MentionCandidate]) -> Iterator[MentionCandidate]:
    """Vesicles with their parent in front: "MSC exosomes", "E. coli OMVs", "erythrocyte ghosts"."""
    for parent in types:
        if (tail := _VESICLE.match(text, parent.end)) is not None:
            kind = re.sub(r"s$", "", tail["kind"])
            yield replace(
                parent, end=tail.end(), name=f"{parent.name} {kind}", kind="rule", component="vesicles", priority=2
            )


_SOME_TISSUES = re.compile(r"(?:^|\s)(?:endothelial|epithelial|stem|progenitor|macrophage|fibroblast|T[ -]cell)")
"""Types of cells that many tissues have."""
_TISSUE = re.compile(
    r"(?<![\w-])(?:CD\d+[+\u207a]\s)?(?:(?i:alveolar|gingival|cardiac|brain|cerebral|bronchial|airway|pulmonary|lung|aortic"
    r"|arterial|coronary|dermal|corneal|retinal|hepatic|renal|tubular|intestinal|colonic|synovial|vascular|microvascular|nasal|oral|mammary"
    r"|ovarian|splenic|umbilical|skeletal|neural|hair follicle|periodontal ligament|dental pulp|limbal)|\u03b3\u03b4"
    r"|CD\d+[+\u207a])\s$"
)
"""A tissue or marker in front of them, which belongs to the name."""


def _known_type(name: str, state: State) -> Link:
    """What a type of cells with its tissue stands for; only its name where no lexicon has it."""
    known = link_name(name, "CELL_TYPE", state.lexicon) if state.lexicon else None
    return known or Link(re.sub(r"(?<=[^s])s$", "", name), None)


def _abbreviated(surface: str) -> bool:
    return len(surface) <= 8 and sum(c.isupper() for c in surface) >= 2 and " " not in surface


def _means_cells(surface: str, hit: Hit, text: str, state: State) -> bool:
    """Whether an abbreviation stands for cells here, and is not counted in blood."""
    if _BLOOD_COUNT.search(text, max(0, hit.start - 60), hit.end + 60):
        return False
    long = state.abbreviations.get(surface) or state.abbreviations.get(surface.rstrip("s"))
    if long is not None:
        return _CELL_WORD.search(long) is not None
    return surface in _SAFE_TYPES or _TYPE_RIGHT.match(text, hit.end) is not None
