"""Materials that no list can hold, by how chemists write them: frameworks by number, compounds, polymers, "AuNPs"."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.linking import Entry, Hit, Lexicon
from pipeline.roles import Context, shape

_COMPOUND_NAME = Context("core.compound-name")


def patterned(text: str, lexicon: Lexicon) -> Iterator[Hit]:
    """Materials by pattern, as if the lexicon had them."""
    frameworks, polymers, coordinated = (shape(name).finditer(text) for name in ("framework", "polymer", "coordinated"))
    named = _COMPOUND_NAME.every(text)
    for matches, alone in ((frameworks, True), (named, False), (polymers, False), (coordinated, False)):
        for match in matches:
            if not lexicon.lookup(match.group(), ("material",)):
                told = alone or _has_formula(text, match.end())
                yield Hit(match.start(), match.end(), (_entry(match.group(), match.group(), alone=told),))
    for match in shape("bare_compound").finditer(text):
        if not lexicon.lookup(match.group()) and not shape("salt").match(match.group()):
            yield Hit(match.start(), match.end(), (_entry(match.group(), match.group(), alone=False),))
    for match in shape("symbol_particles").finditer(text):
        known = lexicon.lookup(match["symbol"], ("material",))
        if known and not lexicon.lookup(match.group()):
            entry = _entry(match.group(), f"{known[0].preferred} nanoparticle", alone=True)
            yield Hit(match.start(), match.end(), (entry,))


def _has_formula(text: str, end: int) -> bool:
    """Whether the formula of what ends here follows in brackets."""
    return text.startswith(" (", end) and shape("bare_compound").match(text, end + 2) is not None


def _entry(name: str, preferred: str, *, alone: bool) -> Entry:
    return Entry(name, None, preferred, "name", "material", source="pattern", standalone="" if alone else "no")
