"""Therapy and imaging modalities: the controlled vocabulary, and coordinations that share one head."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.linking.linker import settle
from pipeline.ner.rules.cells import longest
from pipeline.ner.state import Found, State

IMAGING = {
    "pa": "photoacoustic imaging", "photoacoustic": "photoacoustic imaging", "optoacoustic": "photoacoustic imaging",
    "fl": "fluorescence imaging", "fluorescence": "fluorescence imaging", "fluorescent": "fluorescence imaging",
    "nir": "near-infrared fluorescence imaging", "nirf": "near-infrared fluorescence imaging",
    "nir-ii": "near-infrared fluorescence imaging", "near-infrared": "near-infrared fluorescence imaging",
    "mr": "magnetic resonance imaging", "magnetic resonance": "magnetic resonance imaging",
    "t1-weighted mr": "magnetic resonance imaging", "mri": "magnetic resonance imaging",
    "ct": "computed tomography", "computed tomography": "computed tomography", "pet": "positron emission tomography",
    "spect": "single photon emission computed tomography", "us": "ultrasound imaging", "ultrasound": "ultrasound imaging",
    "ultrasonic": "ultrasound imaging", "pt": "photothermal imaging", "photothermal": "photothermal imaging",
    "thermal": "photothermal imaging", "infrared thermal": "photothermal imaging", "ucl": "upconversion luminescence imaging",
    "upconversion luminescence": "upconversion luminescence imaging", "bioluminescence": "bioluminescence imaging",
    "raman": "surface-enhanced Raman imaging", "x-ray": "X-ray imaging", "pai": "photoacoustic imaging", "fli": "fluorescence imaging",
    "nir fluorescence": "near-infrared fluorescence imaging", "near-infrared fluorescence": "near-infrared fluorescence imaging",
    "nir-ii fluorescence": "near-infrared fluorescence imaging",
}  # fmt: skip
THERAPY = {
    "photothermal": "photothermal therapy", "photodynamic": "photodynamic therapy", "sonodynamic": "sonodynamic therapy",
    "chemodynamic": "chemodynamic therapy", "chemo": "chemotherapy", "chemotherapeutic": "chemotherapy", "immuno": "immunotherapy",
    "immune": "immunotherapy", "radio": "radiotherapy", "radiation": "radiotherapy", "gene": "gene therapy", "gas": "gas therapy",
    "starvation": "starvation therapy", "starving": "starvation therapy", "ferroptosis": "ferroptosis therapy", "hormone": "hormone therapy",
    "photo": "phototherapy", "magnetic hyperthermia": "magnetic hyperthermia", "thermal": "hyperthermia",
}  # fmt: skip
_ABBR = r"(?:\s\([A-Z-]{1,6}\))?"
_JOIN = r"(?:\s?/\s?|,\s(?:and\s)?|\s(?:and|&|or)\s|\s?\+\s?|-)"


def _alternatives(names: dict[str, str]) -> str:
    return "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))


_IMAGING = re.compile(
    rf"(?<![\w-])(?P<list>(?:{_alternatives(IMAGING)}){_ABBR}(?:{_JOIN}(?:{_alternatives(IMAGING)}){_ABBR})+)"
    r"(?P<head>\s+(?:(?:multi|dual|bi|tri|triple)-?(?:mod\w+)\s+)?(?:imaging))(?![\w])",
    re.IGNORECASE,
)
_THERAPY = re.compile(
    rf"(?<![\w-])(?P<list>(?:{_alternatives(THERAPY)})-?(?:(?:\s?/\s?|,\s(?:and\s)?|\s(?:and|&|or|plus)\s|\s?\+\s?)(?:{_alternatives(THERAPY)})-?)*"
    rf"(?:\s?/\s?|,\s(?:and\s)?|\s(?:and|&|or|plus)\s|\s?\+\s?)(?:{_alternatives(THERAPY)}))"
    r"(?P<head>(?:-|\s)?(?:(?:combination|combined|combinational|synergistic|dual|bimodal|trimodal|cancer|tumou?r)\s+)*(?:therapy|therapies|treatment))(?![\w])",
    re.IGNORECASE,
)
_SINGLE_IMAGING = re.compile(
    rf"(?<![\w-])(?P<one>{_alternatives(IMAGING)})(?P<head>\s+(?:(?:multi|dual|bi|tri)-?(?:mod\w+)\s+)?imaging)(?![\w])",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s?/\s?|,\s(?:and\s)?|\s(?:and|&|or|plus)\s|\s?\+\s?")

_SAFE = frozenset("PTT PDT SDT CDT MRI X-PDT BNCT PAI NIRF SPECT SPECT/CT PET/CT PET-CT CEUS FLI MHT".split())
_NEEDS_HEAD = re.compile(r"^\s*(?:imaging|scans?|images?|contrast|signals?|angiography)\b|^/(?:MRI?|PET|FL|PA|US)\b")
_PROPER = re.compile(r"^\s+(?:drugs?|agents?|regimens?|transducers?|gel|gels|probes?|window)\b", re.IGNORECASE)


def find(text: str, state: State) -> Iterator[Found]:
    """Every modality, one mention for each member of a coordination."""
    for pattern, names in ((_IMAGING, IMAGING), (_THERAPY, THERAPY)):
        for match in pattern.finditer(text):
            yield from _members(match, names, state)
    for match in _SINGLE_IMAGING.finditer(text):
        name = IMAGING[match["one"].casefold()]
        yield _modality(match.start(), match.end(), name, "rule", state.curie(name, "modality"))
    for hit in longest(state.hits, "modality"):
        surface = text[hit.start : hit.end]
        link = settle(hit.entries, surface)
        kind = "lexicon"
        if _short(surface):
            long = state.abbreviations.get(surface)
            if long is None:
                if surface not in _SAFE and not _NEEDS_HEAD.match(text[hit.end : hit.end + 12]):
                    continue
                if surface in ("PET", "CT", "US", "PT") and text[hit.end : hit.end + 1] == "-":
                    continue
            elif not re.search(
                r"therap|imaging|tomograph|blockade|hypertherm|resonance|treatment|scan", long, re.IGNORECASE
            ):
                continue
            kind = "abbreviation" if long else "lexicon"
        if _PROPER.match(text[hit.end : hit.end + 14]) and not surface.casefold().endswith(
            ("imaging", "tomography", "mri")
        ):
            continue
        yield _modality(hit.start, hit.end, link.name, kind, link.curie)


def _members(match: re.Match[str], names: dict[str, str], state: State) -> Iterator[Found]:
    at = match.start("list")
    listed = match["list"]
    bounds = [0, *(p for m in _SPLIT.finditer(listed) for p in m.span()), len(listed)]
    pieces = [(bounds[i], bounds[i + 1]) for i in range(0, len(bounds), 2)]
    for index, (a, b) in enumerate(pieces):
        piece = re.sub(_ABBR + "$", "", listed[a:b])
        name = names.get(piece.strip("- ").casefold())
        if name is None:
            continue
        end = match.end("head") if index == len(pieces) - 1 else at + a + len(piece)
        yield _modality(at + a, end, name, "rule", state.curie(name, "modality"), priority=3)


def _modality(start: int, end: int, name: str, kind: str, curie: str | None = None, priority: int = 1) -> Found:
    return Found(start, end, "MODALITY", name, 0.9, kind, "modalities", curie=curie, priority=priority)


def _short(surface: str) -> bool:
    return len(surface) <= 5 and surface.isupper()
