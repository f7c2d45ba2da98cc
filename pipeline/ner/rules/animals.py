"""Animal models: a species with its strain, sex or the disease it bears; never bare "mice"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.ner.state import Found, State

_SPECIES = {
    "mice": ("mice", "NCBITaxon:10090"), "mouse": ("mice", "NCBITaxon:10090"), "rat": ("rats", "NCBITaxon:10116"),
    "rats": ("rats", "NCBITaxon:10116"), "rabbit": ("rabbits", "NCBITaxon:9986"), "rabbits": ("rabbits", "NCBITaxon:9986"),
    "pig": ("pigs", "NCBITaxon:9823"), "pigs": ("pigs", "NCBITaxon:9823"), "dogs": ("dogs", "NCBITaxon:9615"),
    "dog": ("dogs", "NCBITaxon:9615"), "zebrafish": ("zebrafish", "NCBITaxon:7955"), "hamsters": ("hamsters", "NCBITaxon:10036"),
    "hamster": ("hamsters", "NCBITaxon:10036"), "minipigs": ("minipigs", "NCBITaxon:9823"),
    "monkeys": ("monkeys", "NCBITaxon:9541"), "macaques": ("macaques", "NCBITaxon:9541"),
}  # fmt: skip
_MODEL = (
    r"(?:tMCAO|pMCAO|MCAO|dMCAO|EAE|CIA|AIA|STZ-induced|DSS-induced|LPS-induced|collagen-induced arthritis|colitis|diabetic|septic|arthritic|transgenic|humanized|"
    r"knock-?out|ischemic|stroke|hypertensive|atherosclerotic|obese|[\w/.-]+(?:\s(?:tumou?r|xenograft))?[- ]bearing|tumou?r-bearing|[\w-]+-(?:challenged|inoculated|infected|induced|deficient)|immunodeficient|immunocompetent|xenograft(?:ed)?|"
    r"orthotopic|PDX|wild-type|WT)"
)
_SEX = r"(?:(?:fe)?male)"
_FILLER = r"(?:(?:healthy|adult|young|aged|old|athymic|specific[- ]pathogen[- ]free|SPF|pathogen-free|inbred|normal|naive|\d+(?:\s?[-–]\s?\d+)?[- ]?(?:week|wk|month)s?(?:[- ]old)?|albino))"
_HEAD = re.compile(
    rf"(?<![\w-])(?P<pre>(?:(?:{_SEX}|{_FILLER}|{_MODEL})[\s,]+)*)$",
)
_ANIMAL = re.compile(
    r"\b(?P<sp>mice|mouse|rats?|rabbits?|mini-?pigs|pigs?|dogs?|zebrafish|hamsters?|monkeys?|macaques?)\b"
)
_NUDE = re.compile(r"^(?:\s+|-)(?:athymic\s+)?(?:nude|nu/nu|SCID)\b")
_AFTER_MOUSE = re.compile(r"^\s+(?:models?|xenograft|tumou?r|orthotopic)")
_BEARING_RIGHT = re.compile(
    r"^\s+bearing\s+((?:[\w./-]+\s+){0,4}?(?:tumou?rs?|xenografts?|metastas[ei]s|gliomas?|melanomas?))\b"
)


def find(text: str, state: State) -> Iterator[Found]:
    """Every animal model."""
    strains = {}
    for hit in state.hits:
        entries = [e for e in hit.entries if e.type == "strain"]
        if entries and (hit.end not in strains or hit.start < strains[hit.end][0]):
            strains[hit.end] = (hit.start, entries[0])
    for match in _ANIMAL.finditer(text):
        begin, _ = state.sentence(match.start())
        start = match.start()
        plural, taxon = _SPECIES.get(match["sp"].replace("-", ""), ("mice", "NCBITaxon:10090"))
        parts: list[str] = []
        gap = re.search(r"[\s-]+$", text[begin:start])
        at = begin + gap.start() if gap else start
        strain = None
        extra = ""
        for word in ("nude", "SCID", "transgenic", "female", "male", "knockout", "albino"):
            if text[begin:at].endswith(" " + word) and at not in strains:
                extra = word
                at = begin + len(text[begin:at][: -len(word)].rstrip())
                start = at + (len(text[at : match.start()]) - len(text[at : match.start()].lstrip()))
                break
        if at in strains and not (strains[at][1].taxon and strains[at][1].taxon != taxon):
            start, strain = strains[at]
            left = text[begin:start]
            gap = re.search(r"[\s-]+$", left)
            before = begin + gap.start() if gap else start
            if before in strains:  # "BALB/c" "nude"
                start = strains[before][0]
        head = _HEAD.search(text[begin:start])
        pre = head["pre"] if head else ""
        start -= len(pre)
        while start < match.start() and text[start] in " ,":
            start += 1
        if strain is None and not pre.strip() and not extra:
            continue
        words = f"{pre} {extra}".split()
        sex = next((w for w in words if w in ("male", "female")), "")
        models = [m.group().strip() for m in re.finditer(rf"(?<![\w-]){_MODEL}(?![\w])", pre)]
        if strain is None and not models and not sex and extra in ("", "male", "female") and not _only_useful(pre):
            continue
        parts = [
            sex,
            *models,
            strain.preferred if strain else "",
            extra if extra not in ("male", "female", "") and strain is None else "",
        ]
        if strain and extra and extra not in ("male", "female") and extra.casefold() not in strain.preferred.casefold():
            parts.append(extra)
        name = " ".join(p for p in (*parts, plural) if p)
        end = match.end()
        if match["sp"] in ("mouse", "rat") and text[end : end + 1] == "-":
            continue
        score = 0.9 if strain else 0.75
        yield Found(
            start, end, "ANIMAL_MODEL", name, score, "lexicon" if strain else "rule", "animals", taxon=taxon, priority=1
        )


def _only_useful(pre: str) -> bool:
    return bool(re.search(r"athymic|SPF|specific", pre))
