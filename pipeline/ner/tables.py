"""Mentions in the cells of typed columns: the column gives the label, the linker the name."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import tabular
from pipeline.document import Cell, Document, Table
from pipeline.linking import Lexicon, link
from pipeline.linking.linker import Link
from pipeline.ner.rules import cores, sizes
from pipeline.ner.rules.cells import derivation
from pipeline.ner.rules.surfaces import words_in
from pipeline.ner.state import MentionCandidate, State
from pipeline.records import FIELD_OF, CoreFacts, FieldName, Label, Role
from pipeline.roles import Context, map_of, part, shape, words_of

COLUMN = "column"
"""What stands in ``because`` where a table's column says the role."""
_LABELS: dict[FieldName, tuple[Label, Role]] = {
    "membranes": ("CELL_LINE", "membrane_source"),
    "cores": ("CORE", "core"),
    "drugs": ("DRUG", "cargo"),
    "sizes": ("SIZE", "coated"),
    "diseases": ("DISEASE", "target"),
    "animal_models": ("ANIMAL_MODEL", "model"),
    "modalities": ("MODALITY", "purpose"),
}

_OF_TUMOURS = Context("column.of-tumours")
_TYPE = Context("column.cell-type")
_NAMING_COATS = ("cores", "formulation")
_CELLS = ("cell", "cells", "cell line", "cell lines")
_BRACKETED_COAT = Context("column.coat")


def find(document: Document, inner: State) -> Iterator[MentionCandidate]:
    """A finding for every item of every typed cell.

    Args:
        document: the document.
        inner: what the pipeline found in the same text; its abbreviations and findings help to name an item.
    """
    names = tabular.names_of((f.start, f.end, FIELD_OF[f.label]) for f in inner.found)
    for table in tabular.study_tables(document.tables, names):
        for cell, column in tabular.typed_cells(table):
            if column.field in _LABELS:
                plain = cell.model_copy(update={"text": inner.text[cell.start : cell.end]})  # without raised citations
                bare = _without_coat(plain) if column.field == "cores" else plain
                for item in _apart(_of_coated(tabular.items(bare, column.field), column), column.field, inner):
                    found = _item(item, cell, column, table.table, inner)
                    if found is not None:
                        yield found
            if column.field in _NAMING_COATS and "membranes" not in table.fields:
                yield from _coats_in_brackets(cell, table.table, inner)
        yield from _classes(table, inner)


def _of_coated(items: list[tabular.CellItem], column: tabular.Column) -> list[tabular.CellItem]:
    """The items; of two sizes before and after coating the one after, in the order that the heading gives."""
    order = tabular.sizes_in_order(column.header) if column.field == "sizes" else ()
    return [item for item, coated in zip(items, order, strict=True) if coated] if len(items) == len(order) else items


def _apart(items: list[tabular.CellItem], field: FieldName, inner: State) -> Iterator[tabular.CellItem]:
    """The items; one that is nothing but several known names of drugs, one behind the other, is these."""
    for item in items:
        names = [f for f in inner.found if item.start <= f.start and f.end <= item.end and FIELD_OF[f.label] == field]
        text = inner.text[item.start : item.end]
        rest = text
        for name in names:
            rest = rest.replace(inner.text[name.start : name.end], "", 1)
        if field != "drugs" or len(names) < 2 or rest.strip():
            yield item
            continue
        for name in names:
            part_of = inner.text[name.start : name.end]
            yield tabular.CellItem(name.start, name.end, part_of, part_of)


def _coats_in_brackets(cell: Cell, table: Table, inner: State) -> Iterator[MentionCandidate]:
    """The coat that a particle's cell gives in brackets: "PLGA (T cell coat)"."""
    for match in _BRACKETED_COAT.every(cell.text):
        start, end = part(match, "coat") or match.span()
        coat = cell.model_copy(
            update={"start": cell.start + start, "end": cell.start + end, "text": cell.text[start:end]}
        )
        for item in tabular.items(coat, "membranes"):
            found = _item(item, coat, tabular.Column(cell.col, "membranes", ""), table, inner)
            if found is not None and found.curie:
                yield found


def _without_coat(cell: Cell) -> Cell:
    """A particle's cell up to a coat that it ends with in brackets."""
    match = _BRACKETED_COAT.within(cell.text)
    if match is None or match.end() < len(cell.text.rstrip()):
        return cell
    text = cell.text[: match.start()].rstrip()
    return cell.model_copy(update={"end": cell.start + len(text), "text": text})


def _classes(table: tabular.StudyTable, inner: State) -> Iterator[MentionCandidate]:
    """What heads rows and tells a field of theirs, where no name was found in it."""
    for cell, field in table.groups.values():
        named = False
        told = []
        for item in tabular.items(tabular.bare(cell), field):
            if any(item.start <= f.start and f.end <= item.end and FIELD_OF[f.label] == field for f in inner.found):
                named = True
                continue
            found = _item(item, cell, tabular.Column(cell.col, field, ""), table.table, inner)
            if found is not None:
                told.append(found)
        # beside a known name, words that are none qualify it: "Cancer cells, homotypic"
        yield from (found for found in told if found.curie or not (named or any(other.curie for other in told)))


def _item(
    item: tabular.CellItem, cell: Cell, column: tabular.Column, table: Table, inner: State
) -> MentionCandidate | None:
    field: FieldName = column.field  # type: ignore[assignment]
    label, role = _LABELS[field]
    if label == "SIZE":
        return _size(item, column)
    notes = [table.notes[key] for key in cell.notes if key in table.notes]
    full = _expand(item.full, notes, inner)
    lexicon = inner.lexicon
    assert lexicon is not None  # noqa: S101 - the pipeline's lexicon component ran before
    inside = [f for f in inner.found if item.start <= f.start and f.end <= item.end]
    core: CoreFacts | None = None
    if label == "CELL_LINE":
        label, got = _membrane(item, full, inside, lexicon)
    elif label == "CORE":
        core = cores.parse(full, lexicon)
        got = _core(item.full, full, core, lexicon)
    elif label == "ANIMAL_MODEL":
        got = _animal(item, next((f for f in inside if f.label == label), None))
    else:
        if label == "DISEASE" and full.replace("-", "").isalnum() and _OF_TUMOURS.within(column.header):
            full = full if link(full, label, lexicon) else f"{full} cancer"  # "breast" under "Tumour"
        got = _named(item, full, label, inside, lexicon, imaging="imaging" in column.header.casefold())
    return MentionCandidate(
        item.start, item.end, label, got.name, 0.97 if got.curie else 0.9, "rule", "table",
        curie=got.curie, candidates=got.candidates, caution=got.caution, taxon=got.taxon, role=role, support=1.0,
        because=(COLUMN,), core=core,
        priority=9,
    )  # fmt: skip


def _expand(text: str, notes: list[str], inner: State) -> str:
    """An item in words: by the note of its cell, else by the document's abbreviations."""
    for note in notes:
        short, colon, long = note.partition(":")
        if colon and short.strip().casefold() == text.casefold():
            return long.strip(" .")
        if not colon and note.strip() and len(text.split()) == 1 and text.isupper():
            return note.strip(" .")
    return inner.abbreviations.get(text, text)


def _membrane(
    item: tabular.CellItem, full: str, inside: list[MentionCandidate], lexicon: Lexicon
) -> tuple[Label, Link]:
    """A coat: a line or a type of cell."""
    for told in (_whole_name(item, full, lexicon), _found_inside(item, inside), _hit_inside(item, lexicon)):
        if told is not None:
            return told
    typed = _TYPE.within(item.full) and not any(char.isdigit() for char in item.full)
    return ("CELL_TYPE" if typed else "CELL_LINE"), Link(item.full, None)


def _whole_name(item: tabular.CellItem, full: str, lexicon: Lexicon) -> tuple[Label, Link] | None:
    """A coat that a lexicon knows as the item says it, or by the line behind its type ("Glioma cell C6")."""
    for text in (item.full, full):
        for name in dict.fromkeys((text, _without_ending(text.strip()))):
            if known := link(name, "CELL_TYPE", lexicon):
                return "CELL_TYPE", known
            if known := link(name, "CELL_LINE", lexicon, taxon=_taxon(text)):
                return "CELL_LINE", known
    kind, _, line = item.text.rpartition(" ")
    named = line[:1].isupper() and any(char.isdigit() for char in line)
    if named and kind.endswith(_CELLS) and (known := link(line, "CELL_LINE", lexicon)):
        return "CELL_LINE", known
    return None


def _without_ending(text: str) -> str:
    """A cell's name without "cells", "cancer cell membrane" and the like behind it."""
    endings = [f" {ending}" for ending in words_of("cell_ending") if text.endswith(f" {ending}")]
    return text.removesuffix(max(endings, key=len, default="")).rstrip()


def _found_inside(item: tabular.CellItem, inside: list[MentionCandidate]) -> tuple[Label, Link] | None:
    """The cells found in an item, a line before a type; a type that words before it narrow is another one."""
    cells = [f for f in inside if f.label in ("CELL_LINE", "CELL_TYPE")]
    if not cells:
        return None
    best = max(cells, key=lambda f: (f.label == "CELL_LINE", f.end - f.start))
    before, after = item.text[: best.start - item.start], item.text[best.end - item.start :]
    if best.label == "CELL_TYPE" and not after and _is_other_cell(before):
        return "CELL_TYPE", Link(item.full, None)  # "Thymic epithelial cell" is more than an epithelial cell
    return best.label, Link(best.name, best.curie, best.candidates, best.caution, best.taxon)


def _hit_inside(item: tabular.CellItem, lexicon: Lexicon) -> tuple[Label, Link] | None:
    """The longest line, else type of cell, that a lexicon knows in an item."""
    hits = list(lexicon.find(item.full))
    for kind in ("cell_line", "cell_type"):
        own = [h for h in hits if any(e.type == kind for e in h.entries) and h.end - h.start > 2]
        if own:
            longest = max(own, key=lambda h: h.end - h.start)
            label: Label = "CELL_LINE" if kind == "cell_line" else "CELL_TYPE"
            if known := link(item.full[longest.start : longest.end], label, lexicon):
                derived = derivation(item.full, longest.end) if kind == "cell_line" else ""
                return label, known._replace(name=known.name + derived)
    return None


def _is_other_cell(before: str) -> bool:
    """Whether words before a type of cell make it another one: none that tells only of its donor or state."""
    words = before.split()
    qualified = before.endswith(" ") and all(word.replace("-", "").isalpha() for word in words)
    return qualified and 0 < len(words) < 4 and words_of("no_other_cell").isdisjoint(map(str.casefold, words))


def _taxon(text: str) -> str:
    folded = text.casefold()
    if "mouse" in folded or "murine" in folded:
        return "NCBITaxon:10090"
    return "NCBITaxon:9606" if "human" in folded else ""


def _core(printed: str, full: str, facts: CoreFacts, lexicon: Lexicon) -> Link:
    for text in (printed, full):
        known = link(text, "CORE", lexicon)
        if known is not None and (known.curie or len(facts.materials) == 1):
            return Link(known.name, known.curie)
    return Link(cores.printed(full if full != printed and len(printed.split()) == 1 else printed, lexicon), None)


def _named(
    item: tabular.CellItem, full: str, label: Label, inside: list[MentionCandidate], lexicon: Lexicon, *, imaging: bool
) -> Link:
    """A drug, disease or modality: the whole item, what it stands for, else what was found in it if that is all."""
    printed = item.full
    if label == "MODALITY":
        bare = _without_imaging(printed)
        if (imaging or bare != printed) and (name := map_of("imaging").get(bare.casefold())):
            return link(name, label, lexicon) or Link(name, None)
        printed = "chemotherapy" if printed in ("chemo", "chemo-") else printed
    for text in dict.fromkeys((full, printed, _without_abbreviation(printed))):
        if text and (known := link(text, label, lexicon)):
            return known
    own = [f for f in inside if f.label == label]
    if own:
        best = max(own, key=lambda f: f.end - f.start)
        if _says_no_more(item.text, item.text[best.start - item.start : best.end - item.start]):
            return Link(best.name, best.curie, best.candidates)
    for hit in sorted(lexicon.find(printed), key=lambda h: h.start - h.end):
        text = printed[hit.start : hit.end]
        if _says_no_more(printed, text) and (known := link(text, label, lexicon)):
            return known
    return Link(printed, None)


def _without_imaging(printed: str) -> str:
    """A way of imaging without the word, and without how many are joined: "MRI dual-modal imaging" is "MRI"."""
    *words, last = printed.split(" ")
    if not words or last.casefold() != "imaging":
        return printed
    joined = len(words) > 1 and shape("mode").fullmatch(words[-1].casefold())
    return " ".join(words[:-1] if joined else words)


def _without_abbreviation(printed: str) -> str:
    """A name without the abbreviation, line or model in brackets behind it: "multiple sclerosis (EAE)"."""
    name, space, last = printed.rpartition(" ")
    bracketed = last[:1] in ("(", "[") and last[-1:] in (")", "]")
    return name if space and bracketed and last[1:2].isupper() and len(last) < 13 else printed


def _says_no_more(item: str, name: str) -> bool:
    """Whether an item says nothing that the name in it does not: "oral cancer" is more than cancer."""
    return words_of("says_little").issuperset(words_in(item.replace(name, " ", 1).casefold()))


def _animal(item: tabular.CellItem, own: MentionCandidate | None) -> Link:
    """An animal: the whole item where a strain's name stands before the species ("Watanabe rabbits")."""
    if own is None:
        return Link(item.full, None)
    before, _, species = item.text.rpartition(" ")
    words = before.split()
    named = 0 < len(words) < 3 and all(word[0].isupper() for word in words)
    strain = named and own.end == item.end and before.casefold() not in words_of("says_little")
    return Link(item.full if strain and own.name.casefold() == species.casefold() else own.name, own.curie)


def _size(item: tabular.CellItem, column: tabular.Column) -> MentionCandidate | None:
    start, end = _after_coating(item, column.header)
    text = item.text[start:end]
    match = sizes.first(text)
    parsed = sizes.parse(match, text, column.unit or "nm") if match else None
    if parsed is None:
        return None
    _, _, facts = parsed
    if tabular.is_bare_size(column.header):
        facts = facts.model_copy(update={"of": "core"})
    return MentionCandidate(
        item.start + start,
        item.start + end,
        "SIZE",
        sizes.name_of(facts),
        0.97,
        "rule",
        "table",
        size=facts,
        role="coated" if facts.of == "coated" else "core_size",
        support=1.0,
        because=(COLUMN,),
        priority=9,
    )


def _after_coating(item: tabular.CellItem, header: str) -> tuple[int, int]:
    """Of "61 \u2192 79" the part that is of the coated particle: the later, unless the heading names it first.

    A slash parts the two only where the heading names both.
    """
    order = tabular.sizes_in_order(header)
    joint = shape("arrow").search(item.text) or (shape("size_slash").search(item.text) if order else None)
    if joint is None:
        return 0, len(item.text)
    return (0, joint.start()) if order == (True, False) else (joint.end(), len(item.text))
