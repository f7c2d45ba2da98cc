"""Hypothesis strategies for documents, mentions and records."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pipeline.document import Block, Cell, Citation, Document, Line, Metadata, Page, Reference, Script, Table
from pipeline.records import CoreFacts, Mention, SizeFacts, Term, mention_id

DIRECTIONS = (0, 90, 180, 270)
WORDS = st.text(alphabet="abcXYZ019αβ-μ′₂/ ", min_size=1, max_size=30)


@st.composite
def lines(draw: st.DrawFn, start: int, text: str) -> Line:
    """A printed line over ``text``, which begins at offset ``start``, in any of the four directions."""
    advances = draw(st.lists(st.floats(0, 9, width=16), min_size=len(text), max_size=len(text)))
    edges = [0.0]
    for advance in advances:
        edges.append(round(edges[-1] + advance, 2))
    direction: Any = draw(st.sampled_from(DIRECTIONS))
    x0, top = draw(st.floats(0, 400, width=16)), draw(st.floats(0, 400, width=16))
    along, across = edges[-1], draw(st.floats(4, 20, width=16))
    width, height = (along, across) if direction in (0, 180) else (across, along)
    return Line(
        start=start,
        end=start + len(text),
        page=draw(st.integers(1, 3)),
        x0=x0,
        top=top,
        x1=round(x0 + width, 2),
        bottom=round(top + height, 2),
        direction=direction,
        edges=tuple(edges),
    )


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document of a few lines, each a block, with a table, a citation and a script somewhere on them."""
    parts = draw(st.lists(WORDS, min_size=1, max_size=6))
    text, placed, blocks = "", [], []
    for part in parts:
        placed.append(draw(lines(len(text), part)))
        blocks.append(Block(kind="paragraph", start=len(text), end=len(text) + len(part), section=("Results",)))
        text += part + "\n"
    first = blocks[0]
    cell = Cell(row=0, col=0, start=first.start, end=first.end, text=text[first.start : first.end])
    return Document(
        id="sha256:" + draw(st.text("0123456789abcdef", min_size=64, max_size=64)),
        source=draw(st.sampled_from(["a.pdf", "b.txt"])),
        media_type="application/pdf",
        metadata=Metadata(title=draw(WORDS), year=draw(st.none() | st.integers(1900, 2100))),
        pages=tuple(Page(number=n, width=612, height=792) for n in (1, 2, 3)),
        text=text,
        blocks=tuple(blocks),
        lines=tuple(placed),
        tables=(Table(label="Table 1", caption="", page=1, cells=(cell,), notes={"a": "PLGA: a polymer"}),),
        scripts=(Script(kind="subscript", start=first.start, end=first.end),),
        citations=(Citation(start=first.start, end=first.end, references=("1",)),),
        references=(Reference(key="1", start=0, end=len(text), doi="10.5555/1"),),
    )


@st.composite
def mentions(draw: st.DrawFn, document: Document) -> Mention:
    """A mention at any range of the document."""
    start = draw(st.integers(0, len(document.text)))
    end = draw(st.integers(start, len(document.text)))
    label = draw(st.sampled_from(["CELL_LINE", "CORE", "SIZE", "DRUG"]))
    return Mention(
        id=mention_id(document.id, label, start, end),
        document_id=document.id,
        label=label,
        start=start,
        end=end,
        text=document.text[start:end],
        name=draw(WORDS),
        curie=draw(st.none() | st.just("CHEBI:28748")),
        candidates=tuple(draw(st.lists(st.builds(Term, name=WORDS), max_size=2))),
        score=draw(st.floats(0, 1)),
        method="rule:test@1",
        boxes=tuple(document.boxes(start, end)),
        size=draw(st.none() | st.builds(SizeFacts, value=st.floats(1, 1000))) if label == "SIZE" else None,
        core=draw(st.none() | st.builds(CoreFacts, form=st.just("liposome"))) if label == "CORE" else None,
    )
