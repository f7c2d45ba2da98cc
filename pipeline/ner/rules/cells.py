"""Cell lines and cell types: lexicon hits that the context supports, their variants, and names of a line's shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.linking import Hit
from pipeline.linking.linker import Link, settle
from pipeline.linking.linker import link as link_name
from pipeline.ner.rules.surfaces import occurrences, past_space, singular
from pipeline.ner.state import MentionCandidate, State
from pipeline.ranges import Ranges
from pipeline.roles import Context, map_of, part, shape, words_of

_BEHIND_LINE = Context("line.behind")
_BEFORE_LINE = Context("line.before")
_SPEAKS_OF_LINES = Context("line.sentence")
_NEXT = Context("line.next")
_LAST = Context("line.last")
_ALTERED = Context("line.altered")
_CODE = Context("line.code")
_SPECIES = Context("species.named")
_BEHIND_TYPE = Context("celltype.behind")
_OF_WHAT = Context("celltype.of-what")
_DISEASED = Context("celltype.diseased")
_WORN = Context("celltype.worn")
_MODIFIED = Context("celltype.modified")
_TUMOUR = Context("celltype.tumour")
_VESICLE = Context("celltype.vesicle")
_COUNTED = Context("celltype.counted")
_OF_MANY_TISSUES = Context("celltype.many-tissues")
_TISSUE = Context("celltype.tissue")


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
    right = _NEXT.behind(text, hit.end, hit.end + 12)
    if right and (other := starts.get(right.end())):
        yield other
    left = _LAST.before(text, hit.start)
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
        return not line and not f" {long.casefold()}".endswith((" cell", " cells", " cell line"))
    before = text[max(0, hit.start - 2) : hit.start]
    if before[-1:] in ("-", "/") and before[:1].isalnum():  # "DDR1-IN-1", "APP/PS1": part of a longer name
        return hit.start - 1 not in state.cell_ends
    return False


def _is_material(surface: str, state: State) -> bool:
    """Whether a line's name is a compound's formula or a material here: "CaCO3"."""
    formula = any(c.isdigit() for c in surface) and shape("metal_compound").fullmatch(surface) is not None
    return formula or (state.lexicon is not None and bool(state.lexicon.lookup(surface, ("material",))))


def is_cell_context(text: str, end: int) -> bool:
    """Whether the words after a name say that it is a line's: "cells", "tumour-bearing"."""
    return _BEHIND_LINE.behind(text, end) is not None


def _is_supported(hit: Hit, text: str, state: State) -> bool:
    """Whether the words around this place say that it is a line."""
    surface = text[hit.start : hit.end]
    if surface in words_of("well_known_line") or not any(c.isalpha() for c in surface):
        return surface in words_of("well_known_line")
    begin, stop = state.sentence(hit.start)
    after = hit.end + len(derivation(text, hit.end))
    past = _past_disease(text, after, state)
    direct = any(_BEHIND_LINE.behind(text, at, stop) for at in {after, past})
    direct = direct or (past > after and any(c.isdigit() for c in surface))
    if surface.isalpha() and surface[1:].islower():
        return direct and _is_name(surface, state)
    normalised = "".join(c for c in surface if c.isalnum())
    if direct:
        return True
    if len(normalised) <= 2 or (normalised.isalpha() and len(normalised) <= 4):
        return False
    if _BEFORE_LINE.before(text, hit.start, begin):
        return True
    coded = any(c.isdigit() for c in normalised) and any(c.isupper() for c in normalised)
    few = len({e.curie for e in hit.entries}) <= 3
    long = len(normalised) > 4 or (
        len(normalised) > 2 and "-" in surface and any(e.preferred == surface for e in hit.entries)
    )
    return coded and few and long and _SPEAKS_OF_LINES.within(text, begin, stop) is not None


def _is_name(word: str, state: State) -> bool:
    """Whether a capitalised word is a name here: no common word, and never written small in the text."""
    small = word.lower()
    return small not in words_of("no_line_word") and not {small, f"{small}s"} & state.words


def _past_disease(text: str, end: int, state: State) -> int:
    """The end of the disease that follows, whose cells are meant: "ARD multiple myeloma cells"."""
    next_word = past_space(text, end)
    return state.diseases.get(next_word, end) if next_word > end else end


def derivation(text: str, end: int) -> str:
    """What the name of a line that ends here goes on with if it is a derived one: "-OVA", "/ADR"; else nothing."""
    match = shape("derived_line").match(text, end)
    return match.group() if match else ""


def _as_line(hit: Hit, text: str, state: State) -> MentionCandidate:
    link = settle(hit.entries, text[hit.start : hit.end], taxon=_species(text, hit, state))
    start, end = hit.start, hit.end
    derived = derivation(text, end)  # a derived line is linked to the one it comes from, and keeps its own name
    if derived:
        end += len(derived)
    elif (
        any(e.name.endswith("-") for e in hit.entries)
        and text[end : end + 1] == "-"
        and not text[end + 1 : end + 2].isalnum()
    ):
        end += 1  # "16HBE14o-"
    if altered := _ALTERED.before(text, start):
        start = altered.start()
    return MentionCandidate(
        start, end, "CELL_LINE", link.name + derived, 0.95 if link.curie else 0.75, "lexicon", "cell_lines",
        curie=link.curie, candidates=link.candidates, caution=link.caution, taxon=link.taxon, priority=2,
    )  # fmt: skip


def _species(text: str, hit: Hit, state: State) -> str:
    """The one species that the words nearby name, as a taxon."""
    begin, stop = state.sentence(hit.start)
    reach = state.limits.species
    near = (max(begin, hit.start - reach), min(stop, hit.end + reach))
    stated = {map_of("taxon")[match.group().lower()] for match in _SPECIES.every(text, *near)}
    return stated.pop() if len(stated) == 1 else ""


def _shaped(text: str, state: State) -> Iterator[MentionCandidate]:
    """Names that no lexicon has, but that are written like a line's and stand before "cells"."""
    for match in _CODE.every(text):
        name, start = match.group(), match.start()
        known = start in state.blocklisted or name in state.abbreviations
        if known or shape("no_line").match(name) or not any(c.isupper() for c in name):
            continue
        yield MentionCandidate(start, start + len(name), "CELL_LINE", name, 0.6, "rule", "cell_line_shape", priority=1)


# --- types -----------------------------------------------------------------------------------------------------------

_CELL_WORDS = ("cell", "cyte", "platelet", "phage", "vesicle", "fibroblast")
"""What the long form of a type of cells has."""
_CELL_ENDS = ("cell", "cyte", "platelet", "phage", "blast", "vesicle", "exosome", "phil")
"""How names of types of cells end that need no "cells" behind them."""
_TIES = ("-", "\u2010", "\u2011", "\u2012", "\u2013")


def _types(text: str, state: State) -> Iterator[MentionCandidate]:
    for hit in longest(state.hits, "cell_type"):
        surface = text[hit.start : hit.end]
        if _abbreviated(surface) and not _means_cells(surface, hit, text, state):
            continue
        if _OF_WHAT.behind(text, hit.end):
            continue
        if (
            surface[1:2] == " "
            and text[hit.start - 1 : hit.start] in _TIES
            and text[hit.start - 2 : hit.start - 1].isalnum()
        ):
            continue  # "HCE-T cells"
        link, start = settle(hit.entries, surface), hit.start
        if tissue := _TISSUE.before(text, start) if _OF_MANY_TISSUES.within(surface) else None:
            start = tissue.start()
            link = _known_type(text[start : hit.end], state)
        named = singular(surface.casefold()).endswith(_CELL_ENDS) or surface == "HUVEC"
        tail = None if named else _DISEASED.behind(text, hit.end)
        end = tail.end() if tail else hit.end
        yield MentionCandidate(
            start, end, "CELL_TYPE", link.name, 0.9, "lexicon", "cell_types", curie=link.curie, priority=1
        )


def _of_diseases(text: str, lines: Sequence[MentionCandidate], state: State) -> Iterator[MentionCandidate]:
    """Cells named by their tumour, where no line in front names them: "leukemia cell", "breast cancer cells".

    Of a membrane the tumour alone may be named: "glioblastoma membrane".
    """
    ends = {line.end for line in lines}
    for short, long in state.abbreviations.items():
        if _TUMOUR.within(long, 0, len(long)):
            for start, end in occurrences(text, short, endings=(" cells", " cell"), before="-"):
                name = f"{long.casefold()} cell"
                yield MentionCandidate(
                    start,
                    end,
                    "CELL_TYPE",
                    name,
                    0.8,
                    "abbreviation",
                    "cells_of_tumours",
                    curie=MALIGNANT,
                    priority=2,
                )
    for start, end in state.diseases.items():
        tail = _DISEASED.behind(text, end)
        stop = tail.end() if tail else end
        worn = tail or _WORN.behind(text, end)
        if not worn or not _TUMOUR.within(text, start, end) or {start - 1, start} & ends:
            continue
        modifier = _MODIFIED.before(text, start)
        begin = modifier.start() if modifier else start
        name = singular(text[start:stop].replace("-", " ").casefold()) + ("" if tail else " cell")
        yield MentionCandidate(
            begin, stop, "CELL_TYPE", name, 0.85, "rule", "cells_of_tumours", curie=MALIGNANT, priority=2
        )


MALIGNANT = "CL:0001064"
"""The Cell Ontology's malignant cell."""


def _vesicles(text: str, types: Sequence[MentionCandidate]) -> Iterator[MentionCandidate]:
    """Vesicles with their parent in front: "MSC exosomes", "E. coli OMVs", "erythrocyte ghosts"."""
    for parent in types:
        if (tail := _VESICLE.behind(text, parent.end)) is not None and (of := part(tail, "kind")):
            kind = singular(text[slice(*of)])
            yield replace(
                parent, end=tail.end(), name=f"{parent.name} {kind}", kind="rule", component="vesicles", priority=2
            )


def _known_type(name: str, state: State) -> Link:
    """What a type of cells with its tissue stands for; only its name where no lexicon has it."""
    known = link_name(name, "CELL_TYPE", state.lexicon) if state.lexicon else None
    return known or Link(name if name.endswith("ss") else singular(name), None)


def _abbreviated(surface: str) -> bool:
    return len(surface) <= 8 and sum(c.isupper() for c in surface) >= 2 and " " not in surface


def _means_cells(surface: str, hit: Hit, text: str, state: State) -> bool:
    """Whether an abbreviation stands for cells here, and is not counted in blood."""
    reach = state.limits.counted
    if _COUNTED.within(text, max(0, hit.start - reach), hit.end + reach):
        return False
    long = state.abbreviations.get(surface) or state.abbreviations.get(surface.rstrip("s"))
    if long is not None:
        return any(word in long.casefold() for word in _CELL_WORDS)
    return surface in words_of("cell_abbreviation") or _BEHIND_TYPE.behind(text, hit.end) is not None
