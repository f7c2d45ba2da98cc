"""Therapy and imaging modalities: the controlled vocabulary, and coordinations that share one head."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.linking import Hit
from pipeline.linking.linker import settle
from pipeline.ner.rules.cells import longest
from pipeline.ner.rules.words import any_name, any_of, words
from pipeline.ner.state import MentionCandidate, State

_WORDS = words().modality
IMAGING = _WORDS.imaging
"""What an adjective or abbreviation before "imaging" stands for."""
THERAPY = _WORDS.therapy
_ABBR = r"(?:\s\([A-Z-]{1,6}\))?"
_JOIN = r"(?:\s?/\s?|,\s(?:and\s)?|\s(?:and|&|or)\s|\s?\+\s?|-)"


_IMAGING = re.compile(
    rf"(?<![\w-])(?P<list>{any_name(IMAGING)}{_ABBR}(?:{_JOIN}{any_name(IMAGING)}{_ABBR})+)"
    r"(?P<head>\s+(?:(?:multi|dual|bi|tri|triple)-?(?:mod\w+)\s+)?(?:imaging))(?![\w])",
    re.IGNORECASE,
)
_THERAPY = re.compile(
    rf"(?<![\w-])(?P<list>{any_name(THERAPY)}-?(?:(?:\s?/\s?|,\s(?:and\s)?|\s(?:and|&|or|plus)\s|\s?\+\s?){any_name(THERAPY)}-?)*"
    rf"(?:\s?/\s?|,\s(?:and\s)?|\s(?:and|&|or|plus)\s|\s?\+\s?){any_name(THERAPY)})"
    r"(?P<head>(?:-|\s)?(?:(?:combination|combined|combinational|synergistic|dual|bimodal|trimodal|cancer|tumou?r)\s+)*(?:therapy|therapies|treatment))(?![\w])",
    re.IGNORECASE,
)
_SINGLE_IMAGING = re.compile(
    rf"(?<![\w-])(?P<one>{any_name(IMAGING)})(?P<head>\s+(?:(?:multi|dual|bi|tri)-?(?:mod\w+)\s+)?imaging)(?![\w])",
    re.IGNORECASE,
)
_ACTING = {key: THERAPY[key] for key in ("photothermal", "photodynamic", "sonodynamic", "chemodynamic")}
"""Members that need no "therapy" behind them where the deed is named."""
_DEED = re.compile(
    rf"(?<![\w-])(?P<list>{any_name(_ACTING)}(?:(?:\s?/\s?|,\s(?:and\s)?|\s(?:and|&|or|plus)\s){any_name(_ACTING)})*)"
    r"(?P<head>\s(?:bacterial\s|tumou?r\s)?(?:eradication|ablation|killing|treatment|elimination|destruction|disinfection"
    r"|sterili[sz]ation|inactivation|clearance))(?!\w)",
    re.IGNORECASE,
)
_NAMED_ALONE = {word: THERAPY.get(word) or IMAGING[word] for word in _WORDS.alone}
_ALONE = re.compile(rf"(?<![\w-]){any_name(_NAMED_ALONE)}(?![\w-]|\s{any_of(_WORDS.properties)}\b)", re.IGNORECASE)
"""An adjective that says alone what is done, where it tells no property: "photoacoustic signal"."""
_GRADE = re.compile(rf"{any_of(_WORDS.grades)}[\s-]", re.IGNORECASE)
"""A word in front of a modality that says how it is set: "T1-weighted MRI", "mild photothermal therapy"."""
_KIND_OF = re.compile(rf"(?<![\w-]){any_of(_WORDS.kinds)}\s$")
"""A word in front of a modality that belongs to its name: "diffusion-weighted MRI"."""
_DEATHS = frozenset(("ferroptosis therapy", "cuproptosis therapy", "pyroptosis therapy"))
"""Therapies that are called by the death they cause."""
_DIES = re.compile(r"\b(?:by|neither|undergo\w*|underwent|apoptosis,?(?: and| or)?|necroptosis,?(?: and| or)?)\s$")
_AND_DEATHS = re.compile(
    r",?\s(?:and|or|nor)\s(?:apopto|necropto|pyropto)|\s(?:inhibitors?|inducers?|markers?|genes?)\b|-"
)
_TIED = re.compile(r"[/\u2013]")
_AGAINST = re.compile(
    r"(?<![\w-])(?P<name>anti-?(?!tumo|cancer|neoplas|metasta|platelet)[a-z]{4,}(?:al|ic))\s(?:therapy|treatment)(?!\w)",
    re.IGNORECASE,
)
"""Therapies named for what they act against, of which the vocabulary has only some: "antileishmanial therapy"."""
_SPLIT = re.compile(r"\s?/\s?|,\s(?:and\s)?|\s(?:and|&|or|plus)\s|\s?\+\s?")

_SAFE = frozenset(_WORDS.safe)
_UPTAKE_OF = re.compile(r"\b(?:uptake|internali[sz]ation|endocytosis)\sof\s(?:[\w-]+\s)?$")
_GOES = re.compile(r"\s(?:drain|enter|accumulat|migrat|diffus)\w*\b|\s(?:was|were)\staken\sup\b")
_SCANS = frozenset(("CT", "PET"))
"""Scans whose abbreviations mean other things too."""
_SCANNED = re.compile(
    r"imag(?:ing|ed|es?\b)|\bscan|contrast|tracer|radiolabel|\b(?:18F|64Cu|68Ga|89Zr|124I|11C)|\bMRI\b|\bSPECT\b|tomogra"
    r"|Hounsfield|X-ray|\bslices?\b|radiolog|angiogra",
    re.IGNORECASE,
)
_NO_SCAN_AFTER = re.compile(r"\s(?:film|bottles?|membranes?|plates?|fib(?:er|re)s?|DNA|values?|substrates?)\b")
_HEAD_AFTER = re.compile(
    r"\s*(?:imaging|maps?|mapping|scans?|images?|slices?|contrast|signals?|angiography)\b|/(?:MRI?|PET|FL|PA|US)\b"
)
_NO_MODALITY_AFTER = re.compile(
    r"\s+(?:enzymes?|genes?|capacity|pathways?|organs?|systems?|drugs?|agents?|regimens?|transducers?|gels?|probes?|window)\b",
    re.IGNORECASE,
)
_MODALITY_WORD = re.compile(r"therap|imaging|tomograph|blockade|hypertherm|resonance|treatment|scan", re.IGNORECASE)


def find(text: str, state: State) -> Iterator[MentionCandidate]:
    """Every modality, one mention for each member of a coordination."""
    for pattern, names in ((_IMAGING, IMAGING), (_THERAPY, THERAPY), (_DEED, _ACTING)):
        for match in pattern.finditer(text):
            yield from _members(match, names, state)
    for match in _SINGLE_IMAGING.finditer(text):
        name = IMAGING[match["one"].casefold()]
        yield _modality(match.start(), match.end(), name, "rule", state.curie(name, "modality"))
    for match in _AGAINST.finditer(text):
        name = THERAPY.get(match["name"].casefold()) or f"{match['name'].casefold()} therapy"
        yield _modality(match.start(), match.end(), name, "rule", state.curie(name, "modality"))
    for match in _ALONE.finditer(text):
        name = _NAMED_ALONE[match.group().casefold()]
        yield _modality(match.start(), match.end(), name, "rule", state.curie(name, "modality"), priority=0)
    for hit in longest(state.hits, "modality"):
        yield from _known(hit, text, state)


def _known(hit: Hit, text: str, state: State) -> Iterator[MentionCandidate]:
    """What a name of the lexicon stands for here: nothing, itself, or the two modalities that it ties together."""
    surface = text[hit.start : hit.end]
    kind = _kind(surface, hit, text, state) if _short(surface) else "lexicon"
    named = surface.casefold().endswith(("imaging", "tomography", "mri"))
    if kind is None or (not named and _NO_MODALITY_AFTER.match(text, hit.end)):
        return
    link = settle(hit.entries, surface)
    if (link.name == "nanovaccine" and _is_matter(text, hit)) or (
        link.name in _DEATHS and not surface.endswith("therapy") and _is_process(text, hit)
    ):
        return
    tied = None if surface.isupper() else _TIED.search(surface)
    first = surface[: tied.start()].casefold() if tied else ""
    if tied and (name := THERAPY.get(first) or IMAGING.get(first)):
        second = surface[tied.end() :].casefold()
        yield _modality(hit.start, hit.start + tied.start(), name, kind, state.curie(name, "modality"), 3)
        yield _modality(hit.start + tied.end(), hit.end, second, kind, state.curie(second, "modality"), 3)
    else:
        yield _modality(_begin(text, hit), hit.end, link.name, kind, link.curie)


def _begin(text: str, hit: Hit) -> int:
    """Where a modality's name begins: behind a word for how it is set, with a word for what kind it is."""
    if grade := _GRADE.match(text, hit.start, hit.end):
        return grade.end()
    kind_of = _KIND_OF.search(text, max(0, hit.start - 25), hit.start)
    return kind_of.start() if kind_of else hit.start


def _is_process(text: str, hit: Hit) -> bool:
    """Whether a way of dying is named as such, beside other ways or as what cells die by."""
    return bool(_DIES.search(text, max(0, hit.start - 20), hit.start) or _AND_DEATHS.match(text, hit.end))


def _is_matter(text: str, hit: Hit) -> bool:
    """Whether particles are spoken of that go somewhere, not what they are given for."""
    return bool(_UPTAKE_OF.search(text, max(0, hit.start - 40), hit.start) or _GOES.match(text, hit.end))


def _kind(surface: str, hit: Hit, text: str, state: State) -> str | None:
    """How an abbreviation is known to be a modality: by the document's definition or the field's use; else None."""
    long = state.abbreviations.get(surface)
    if long is not None:
        return "abbreviation" if _MODALITY_WORD.search(long) else None
    if surface in _SCANS and _is_scan(text, hit, state):
        return "lexicon"
    if surface not in _SAFE and not _HEAD_AFTER.match(text, hit.end):
        return None
    return None if text[hit.end : hit.end + 1] == "-" and surface not in _SAFE else "lexicon"


def _is_scan(text: str, hit: Hit, state: State) -> bool:
    """Whether a scan's abbreviation stands where the sentence speaks of images, tracers or contrast."""
    begin, stop = state.sentence(hit.start)
    if text[hit.end : hit.end + 1] == "-" or _NO_SCAN_AFTER.match(text, hit.end, stop):
        return False
    return bool(_SCANNED.search(text, begin, hit.start) or _SCANNED.search(text, hit.end, stop))


def _members(match: re.Match[str], names: dict[str, str], state: State) -> Iterator[MentionCandidate]:
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


def _modality(
    start: int, end: int, name: str, kind: str, curie: str | None = None, priority: int = 1
) -> MentionCandidate:
    return MentionCandidate(start, end, "MODALITY", name, 0.9, kind, "modalities", curie=curie, priority=priority)


def _short(surface: str) -> bool:
    return len(surface) <= 5 and surface.isupper()
