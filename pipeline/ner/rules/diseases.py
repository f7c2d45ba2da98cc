"""Diseases: lexicon hits, and compositions of an organ or kind with the head of a disease's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.linking.linker import Link, settle
from pipeline.linking.linker import link as link_name
from pipeline.ner.rules.cells import longest
from pipeline.ner.rules.surfaces import occurrences
from pipeline.ner.state import MentionCandidate, State

_NOT_AFTER = re.compile(
    r"^(?:-?(?:associated antigen|targeting|homing)|-derived\b"
    r"|\s+(?:necrosis factor|fluids?|toxins?|toxoids?|antigens?|virus(?:es)?)\b)",
    re.IGNORECASE,
)
_LATIN = r"(?:[A-Z][a-z]{3,}|[A-Z]\.)\s[a-z]{2,}(?:us|a|is|i|ae|um|es|ns|er|ile|or)"
"""A species: "Helicobacter pylori", "S. aureus"."""
_PATHOGEN = rf"(?:MRSA|MSSA|VRE|{_LATIN}|Pseudomonas|Staphylococcus|Klebsiella|Candida)"
_BY_PATHOGEN = re.compile(
    rf"(?<!\w){_PATHOGEN}(?:-infected(?=\s)|\s(?:(?:skin|lung|wound)\s)?"
    r"(?:infections?|pneumonia|abscess(?:es)?|bacter(?:a)?emia|sepsis|keratitis|osteomyelitis))\b"
)
"""What a pathogen does: "S. aureus infection", "MRSA bacteraemia", "MRSA-infected"."""
_WOUND = re.compile(
    rf"(?<![\w-])(?:(?:(?:{_PATHOGEN})-)?infected\s(?P<first>diabetic\s)?wounds?|(?P<second>diabetic\s)?wounds?\s(?:that\swere\s)?"
    rf"infected\s(?:by|with)\s{_PATHOGEN})\b"
)
_SPREAD_TO = re.compile(
    r"(?<![\w-])(?:lymph node|nodal|peritoneal|leptomeningeal|pleural|ovarian|spinal|skeletal|adrenal)"
    r"\s(?:metastas[ei]s|carcinomatosis)\b",
    re.IGNORECASE,
)
"""Metastases by the organ in front of them."""
_POISONING = re.compile(
    r"(?<![\w-])(?:nerve agent|organophosphate|organophosphorus|lead|mercury|arsenic|cyanide|alcohol|ethanol|methanol"
    r"|opioid|heroin|drug|food|carbon monoxide|snake venom|pesticide|heavy metal"
    r"|[a-z]+(?:ine|ol|ate|ide|one|phen|quat|ium))"
    r"\s(?:poisoning|intoxication|overdose)\b",
    re.IGNORECASE,
)
_DEFICIENCY = re.compile(
    r"(?<![\w-])(?:(?:alpha-1|\u03b11|\u03b1-1)[\s-]antitrypsin|[a-z]+\s[a-z]+ase|[a-z]{4,}ase|vitamin\s[A-Z]\d{0,2}|iron|iodine"
    r"|zinc|factor\s[IVX]+|growth hormone|leptin|testosterone)\sdeficiency\b",
    re.IGNORECASE,
)
"""Diseases named by what bodies lack: "alpha-1 antitrypsin deficiency"."""
_CAUSE = re.compile(
    r"(?:(?:ir)?radiation|drug|alcohol|chemotherapy|immunotherapy)(?:-induced|-associated|-related)?\s$", re.IGNORECASE
)
_BROUGHT_ABOUT = re.compile(r"(?:injury|itis|fibrosis|necrosis|ulcers?|burns?)$")
"""In front of a harm that names what brought it: "radiation dermatitis", "drug-induced liver injury"."""
_COUNTED = re.compile(r"\d\s$")
"""Before the strokes of a homogeniser."""
_SITE = re.compile(
    r"(?<![\w-])metastas[ei]s\s(?:in|to|of)\s(?:the\s)?(?P<organ>lungs?|liver|brain|bones?)\b(?!\s(?:cancer|tumou?r|carcinoma))",
    re.IGNORECASE,
)
"""Metastases by the organ behind them."""
_CLOT = re.compile(
    r"(?<![\w-])(?:(?:deep|carotid|femoral|mesenteric|coronary|cerebral|portal|arterial|venous|jugular|vein|artery)\s)+thrombosis\b"
    r"|(?<![\w-])thrombosis\sof\sthe\s(?P<vessel>(?:carotid|femoral|mesenteric|coronary|jugular|portal)\s(?:artery|vein))\b",
    re.IGNORECASE,
)
_TUMOUR = re.compile(
    r"(?<![\w-])(?P<organ>prostate|prostatic|colorectal|lung|head[- ]and[- ]neck|breast|mammary|colon|pancreatic"
    r"|liver|hepatic|gastric|stomach|ovarian|cervical|bladder|kidney|renal|brain|skin|thyroid|oral|o?esophageal|endometrial"
    r"|bone|laryngeal|pharyngeal|vulvar|vaginal|uterine|testicular|penile|salivary gland|anal|rectal|gallbladder"
    r"|bile duct|tongue|adrenal|pituitary|peritoneal|ocular|spinal)"
    r"\s(?:tumou?rs?|cancers?|carcinomas?|neoplasms?)\b",
    re.IGNORECASE,
)
_ORGANS = {
    "lung": "pulmonary", "pulmonary": "lung", "liver": "hepatic", "hepatic": "liver", "kidney": "renal",
    "renal": "kidney", "heart": "cardiac", "cardiac": "heart", "brain": "cerebral", "cerebral": "brain",
    "skin": "cutaneous", "corneal": "cornea", "gastric": "stomach", "intestinal": "intestine", "bone": "skeletal",
    "myocardial": "myocardium", "spinal cord": "spinal", "joint": "articular", "urinary tract": "urinary",
    "airway": "respiratory", "muscle": "muscular", "hindlimb": "limb", "limb": "hindlimb",
}  # fmt: skip
"""Organs and their adjectives, or the other way about: names of diseases use either."""
_COMPOSED = re.compile(
    rf"(?<![\w-])(?:(?:acute|chronic)\s)?(?P<organ>{'|'.join(_ORGANS)})\s"
    r"(?P<head>fibrosis|injury|failure|o?edema|infections?|ulcers?|isch(?:a)?emia|abscess(?:es)?|h(?:a)?emorrhage)(?!\w)",
    re.IGNORECASE,
)
_NO_GENUS = frozenset(
    (
        "The",
        "This",
        "These",
        "Such",
        "Severe",
        "Acute",
        "Chronic",
        "After",
        "Bacterial",
        "With",
        "For",
        "Upon",
        "During",
        "Lung",
    )
)


def find(text: str, state: State) -> Iterator[MentionCandidate]:
    """Every disease that is more than "cancer" or "tumour"."""
    listed = list(_known(text, state))
    yield from listed
    yield from _by_initials(text, listed, state)
    yield from _coordinated(text)
    for match in _COMPOSED.finditer(text):
        yield _with_cause(_composed(match, state), text, state)
    for match in _BY_PATHOGEN.finditer(text):
        words = match.group().replace("-", " ").split()
        if words[0] not in _NO_GENUS and not set(words[1:-1]) & _ORGANS.keys():
            name = match.group().replace("-infected", " infection")
            known = _known_as(state, name, words[-1])
            yield MentionCandidate(
                match.start(), match.end(), "DISEASE", name, 0.7, "rule", "infections",
                curie=known.curie if known else None,
            )  # fmt: skip
    for match, name in _described(text):
        known = _known_as(state, name)
        yield MentionCandidate(
            match.start(), match.end(), "DISEASE", known.name if known else name, 0.75, "rule", "composed",
            curie=known.curie if known else None,
        )  # fmt: skip


def _described(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Diseases that are said in several words, with the name that these amount to."""
    for match in _WOUND.finditer(text):
        yield match, f"infected {match['first'] or match['second'] or ''}wound"
    for match in _SITE.finditer(text):
        yield match, f"{match['organ'].lower().rstrip('s')} metastasis"
    for match in _CLOT.finditer(text):
        yield match, f"{match['vessel']} thrombosis" if match["vessel"] else match.group().lower()
    for pattern in (_SPREAD_TO, _POISONING, _DEFICIENCY):
        for match in pattern.finditer(text):
            yield match, match.group().lower()
    for match in _TUMOUR.finditer(text):
        yield match, f"{match['organ'].lower().replace('-', ' ')} cancer"


def _known(text: str, state: State) -> Iterator[MentionCandidate]:
    """Names that the lexicon has."""
    for hit in longest(state.hits, "disease"):
        surface = text[hit.start : hit.end]
        if any(e.note == "nonspecific" for e in hit.entries) or (hit.start, hit.end) in state.nonspecific:
            continue
        link = settle(hit.entries, surface)
        score, kind = 0.9, "lexicon"
        if _short(surface):
            long = state.abbreviations.get(surface)
            if long is None and not all(e.source == "curated" for e in hit.entries):
                continue
            if long is None and surface in ("MI", "RA", "OA", "ALI", "SCI", "NPC", "AKI"):
                continue
            if long is not None and not _same(long, link.name):
                continue
            kind = "abbreviation" if long else "lexicon"
        if _NOT_AFTER.match(text[hit.end : hit.end + 20]):
            continue
        if surface == "strokes" and _COUNTED.search(text, max(0, hit.start - 3), hit.start):
            continue
        found = MentionCandidate(
            hit.start, hit.end, "DISEASE", link.name, score, kind, "diseases",
            curie=link.curie, candidates=link.candidates, priority=1,
        )  # fmt: skip
        yield _with_cause(found, text, state)


_OF_DISEASE_BEFORE = re.compile(
    r"(?:\b(?:of|against|in|for|with|treat(?:ing)?|suffering from)\s|\banti-)$", re.IGNORECASE
)
_OF_DISEASE_AFTER = re.compile(
    r"[\s-](?:patients?|treatment|therap\w+|models?|mice|mouse|rats?|progression|patholog\w+|symptoms?|brains?|associated|related)\b"
)
_INITIAL = re.compile(r"(?<![\w'\u2019])\w")


def _by_initials(text: str, known: Iterable[MentionCandidate], state: State) -> Iterator[MentionCandidate]:
    """Initials of a disease that the text names in full but does not abbreviate: "AD" beside Alzheimer's disease."""
    named: dict[str, MentionCandidate] = {}
    for one in known:
        words = text[one.start : one.end]
        if one.kind == "lexicon" and " " in words:
            named.setdefault("".join(_INITIAL.findall(words)).upper(), one)
    for initials, one in named.items():
        if initials in state.abbreviations or not 2 <= len(initials) <= 5:
            continue
        for start, end in occurrences(text, initials):
            if _OF_DISEASE_BEFORE.search(text, max(0, start - 16), start) or _OF_DISEASE_AFTER.match(text, end):
                yield replace(one, start=start, end=end, kind="abbreviation", component="initials", score=0.7)


_SYSTEM = (
    r"(?:auto-?immune|metabolic|inflammatory|neurodegenerative|neurological|psychiatric|cardiovascular|cerebrovascular|vascular"
    r"|respiratory|pulmonary|gastrointestinal|hepatic|renal|infectious|chronic|allergic|endocrine|neuromuscular|genetic"
    r"|rheumatic|ocular|retinal|fibrotic|degenerative|parasitic|viral|bacterial|fungal)"
)
_COORDINATED = re.compile(
    rf"(?<![\w-]){_SYSTEM}(?:,\s{_SYSTEM})*,?\s(?:and|or|and/or)\s{_SYSTEM}"
    r"\s(?:diseases?|disorders?|patholog(?:y|ies)|infections?)\b",
    re.IGNORECASE,
)
"""Kinds of diseases that share one head: "metabolic and neurodegenerative diseases"."""


def _coordinated(text: str) -> Iterator[MentionCandidate]:
    for match in _COORDINATED.finditer(text):
        yield MentionCandidate(match.start(), match.end(), "DISEASE", match.group().lower(), 0.6, "rule", "coordinated")


def _with_cause(found: MentionCandidate, text: str, state: State) -> MentionCandidate:
    """A harm with what brought it, where that is part of its name."""
    cause = _CAUSE.search(text, max(0, found.start - 30), found.start)
    if cause is None:
        return found
    name = text[cause.start() : found.end]
    known = _known_as(state, name)
    if known is None and not _BROUGHT_ABOUT.search(name):
        return found
    return replace(
        found, start=cause.start(), name=known.name if known else name.lower(), curie=known.curie if known else None,
        candidates=(), kind="rule", component="composed", score=0.8,
    )  # fmt: skip


def _composed(match: re.Match[str], state: State) -> MentionCandidate:
    """An organ's fibrosis, injury or the like; by the organ's other name where only that is known."""
    name = match.group()
    other = name.replace(match["organ"], _ORGANS[match["organ"].lower()])
    known = _known_as(state, name, other)
    single = re.sub(r"(?<=[^is])s$|(?<=ss)es$", "", name.lower())
    return MentionCandidate(
        match.start(), match.end(), "DISEASE", known.name if known else single, 0.75, "rule", "composed",
        curie=known.curie if known else None, candidates=known.candidates if known else (),
    )  # fmt: skip


def _known_as(state: State, *names: str) -> Link | None:
    """What the first of these names stands for that the lexicon has."""
    if state.lexicon is None:
        return None
    return next((known for name in names if (known := link_name(name, "DISEASE", state.lexicon))), None)


def _short(surface: str) -> bool:
    return len(surface) <= 6 and sum(c.isupper() for c in surface) >= 2


def _same(long: str, name: str) -> bool:
    """Whether a long form speaks of the disease: shares its head's beginning."""
    words = {w[:5] for w in re.findall(r"\w{4,}", long.casefold())}
    return bool(words & {w[:5] for w in re.findall(r"\w{4,}", name.casefold())})
