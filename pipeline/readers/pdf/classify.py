"""What each block is: title, front matter, heading, caption, reference, note, or running text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.document import BlockKind
from pipeline.readers.citing import REFERENCE_LIST
from pipeline.readers.pdf.blocks import KEYWORDS, BlockDraft, Body, face, heading_level
from pipeline.readers.pdf.values import Sheet
from pipeline.readers.sections import MAIN_SECTION

FIGURE = re.compile(
    r"(?:supplement(?:al|ary)\s+)?(?:figure|fig\.?|scheme|chart|box)\s*(?:S?\d+|[IVX]+)\b[a-z]?", re.IGNORECASE
)
PANEL = re.compile(r"[a-h](?:[\s,.):\u2013-]|$)")
NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s+[A-Z\u0391-\u03a9]")
ABSTRACT = re.compile(r"(?:abstract|summary|a\s?b\s?s\s?t\s?r\s?a\s?c\s?t)\s*[:.]?", re.IGNORECASE)
RUN_IN_ABSTRACT = re.compile(r"abstract\s*[:.\u2014\u2013-]\s*\S", re.IGNORECASE)
PART_OF_ABSTRACT = re.compile(
    r"(?:background|objectives?|aims?|purpose|introduction|methods?(?: and results)?|results?|findings|conclusions?"
    r"|significance|graphical abstract)\s*:?",
    re.IGNORECASE,
)
FIRST_SECTION = re.compile(r"(?:[1I]\.?\s*)?(?:introduction|background)\b", re.IGNORECASE)
LISTED = re.compile(r"(?:[\u2022\u25aa\u25cf\u2013\u25e6\u2023\u00b7]\s|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})\)\s)")
PLACE = re.compile(
    r"\b(?:universi|department|institut|school|laborator|hospital|college|faculty|cent(?:er|re)\b|academy|division"
    r"|unit\b|ministry|gmbh|cnrs|inserm)",
    re.IGNORECASE,
)
COLOPHON = re.compile(
    r"received|accepted|published|citation|cite this|copyright|\u00a9|licen[sc]e|correspond|e-?mail|editor|doi\b"
    r"|equally|open access|conflict|crossmark|https?:|www\.|orcid|author\(s\)|check for updates|article history|funding"
    r"|^open$|data availability|competing interests|all publication charges|electronic supplementary",
    re.IGNORECASE,
)
ENQUIRIES = re.compile(
    r"correspondence (?:and requests|should|to)\b|reprints and permissions?\b|submit your (?:next )?manuscript",
    re.IGNORECASE,
)
"""How begins what publishers add for those who write to them."""
LONGEST_LABEL = 60  # characters of a figure's label, at most
OVER_CAPTION = 6.0  # ems between the lowest labels of a figure and its caption, at most
CAPTION_STEP = 1.4  # ems between the baselines of a caption's lines, at most
WIDEST_TITLE = 2.2  # ems between the baselines of a title's lines, at most
SENTENCE_END = re.compile(r"[.!?][\])\u201d\"']*$")


def classify(flow: Sequence[BlockDraft], body: Body, stated_title: str = "") -> None:
    """Give each block of a document its kind, and each heading its level."""
    title = find_title(flow, body, stated_title)
    parts = {id(draft) for draft in _title_parts(flow, title, body)} if title else set()
    state = _State()
    headings: list[BlockDraft] = []
    start = next((i for i, draft in enumerate(flow) if id(draft) in parts), -1)
    for index, draft in enumerate(flow):
        if id(draft) in parts:
            draft.kind = "title"
        elif draft.kind == "paragraph":
            state.before_title = index < start
            draft.kind = _kind(draft, body, state)
            if draft.kind == "heading":
                state.enter(draft)
                headings.append(draft)
    faces = sorted({face(draft) for draft in headings})
    for draft in headings:
        draft.level = heading_level(draft, faces)
    _nest(flow)


class _State:
    """Where in the document the classification is."""

    def __init__(self) -> None:
        self.before_title = False
        self.front = True
        self.abstract = False  # under the heading "Abstract"
        self.face: tuple[str, float] | None = None  # of the abstract's type
        self.references = False

    def enter(self, heading: BlockDraft) -> None:
        """Take note of a heading."""
        text = heading.text.strip()
        self.abstract = bool(ABSTRACT.fullmatch(text))
        self.references = bool(REFERENCE_LIST.fullmatch(text))
        if (self.face is not None and not self.abstract and not PART_OF_ABSTRACT.fullmatch(text)) or self.references:
            self.front = False
        if FIRST_SECTION.match(text):
            self.front = False

    def is_abstract(self, draft: BlockDraft) -> bool:
        """Whether running text of the first page is abstract still: until its type changes."""
        face = draft.lines[0].font, round(draft.size, 1)
        if self.face is None:
            self.face = face
        if face != self.face and not draft.lines[0].italic:
            self.front = False
        return self.front


def _kind(draft: BlockDraft, body: Body, state: _State) -> BlockKind:  # noqa: C901, PLR0911 (one case after the other)
    text = draft.text.strip()
    if is_caption(draft, body):
        return "caption"
    if ABSTRACT.fullmatch(text) or REFERENCE_LIST.fullmatch(text):
        return "heading"
    if state.references:
        return "heading" if _ends_references(draft, body) else "reference"
    if KEYWORDS.match(text):
        return "keywords"
    if RUN_IN_ABSTRACT.match(text) and state.front:
        state.is_abstract(draft)
        return "abstract"
    if state.front and draft.lines[0].page == 1:
        return _front(draft, body, state)
    if _is_address(draft):
        return "affiliation"
    if draft.labels or ENQUIRIES.match(text):
        return "other"
    if is_heading(draft, body):
        return "heading"
    if is_fragment(draft, body):
        return "other"
    if draft.size < 0.93 * body.size and len(draft.lines) < 12:
        return "footnote" if draft.foot else "other" if len(text) < 200 else "paragraph"
    return "list_item" if LISTED.match(text) else "paragraph"


def _is_address(draft: BlockDraft) -> bool:
    """Whether a block at the foot of the first page says where the authors work: a raised mark, then a place."""
    first = draft.lines[0].words[0]
    marked = first.marks[:1] == "^" or (first.marks[:1] == " " and first.text[0] in "*\u2020\u2021\u00a7")
    return draft.lines[0].page == 1 and marked and PLACE.search(draft.text[:160]) is not None


def _ends_references(draft: BlockDraft, body: Body) -> bool:
    """Whether a heading ends the reference list: bold or large, and nothing of an entry in it."""
    text = draft.text.strip()
    if not is_heading(draft, body) or not (draft.bold or draft.size > 1.08 * body.size):
        return False
    return not (re.match(r"[\[(]?\d", text) or re.search(r"\d{4}|\b[A-Z]\.|\d+[,:]\s?\d+", text))


def _front(draft: BlockDraft, body: Body, state: _State) -> BlockKind:  # noqa: PLR0911
    """The kind of a block on the first page before the body begins."""
    text = draft.text
    names = _names(draft.level_text)
    if state.before_title:
        return "other"
    if is_heading(draft, body) and not names and not COLOPHON.search(text) and len(text) > 3:
        known = state.face is not None or FIRST_SECTION.match(text) or NUMBERED.match(text)
        return "heading" if known else "other"
    running = len(text) > 60 and not COLOPHON.match(text) and not PLACE.search(text[:120]) and not names
    if running and (state.abstract or (len(text) > 350 and draft.size > 0.75 * body.size)):
        return "abstract" if state.is_abstract(draft) else "paragraph"
    if names:
        return "authors"
    if COLOPHON.search(text):
        return "other"
    if PLACE.search(text):
        return "affiliation"
    return "paragraph" if len(text) > 100 and draft.size > 0.93 * body.size else "other"


def _names(text: str) -> bool:
    """Whether a text is a list of people's names: capitalised words and initials, commas, hardly anything else."""
    words = re.findall(r"[^\W\d_][\w.'\u2019-]*", re.sub(r"\band\b|&", ",", text))
    if not 2 <= len(words) <= 200 or PLACE.search(text) or "," not in re.sub(r"\band\b|&", ",", text):
        return False
    capital = sum(word[0].isupper() for word in words)
    return capital >= 0.85 * len(words) and not re.search(r"[.:;]\s+[A-Z][a-z]+ [a-z]+ ", text)


def find_title(flow: Sequence[BlockDraft], body: Body, stated: str) -> BlockDraft | None:
    """The title: what the file's own title names, else the largest type in the upper part of the first page."""
    first = [d for d in flow if d.kind == "paragraph" and d.lines[0].page == 1 and len(d.text) > 12]
    wanted = _squash(stated)
    if len(wanted) > 15:
        named = [d for d in first if _squash(d.text).startswith(wanted[:40]) and d.size > 1.05 * body.size]
        if named:
            return max(named, key=lambda d: d.size)
    upper = [
        d
        for d in first
        if d.lines[0].top < 0.6 * d.lines[0].frame.down and d.size > 1.15 * body.size and len(d.text.split()) > 3
    ]
    return max(upper, key=lambda d: (round(d.size), len(d.text)), default=None)


def _title_parts(flow: Sequence[BlockDraft], title: BlockDraft, body: Body) -> list[BlockDraft]:
    """The blocks that a title set with wide leading falls into: those above and below it in its size."""
    at = next(i for i, draft in enumerate(flow) if draft is title)
    parts = [title]
    furthest = max(WIDEST_TITLE, 1.25 * body.pitch / body.size)
    for draft in flow[at + 1 :]:
        if not _continues_title(parts[-1], draft, furthest):
            break
        parts.append(draft)
    for draft in reversed(flow[:at]):
        if _is_kicker(draft, parts[0]) or not _continues_title(draft, parts[0], furthest):
            break
        parts.insert(0, draft)
    return parts


def _is_kicker(draft: BlockDraft, title: BlockDraft) -> bool:
    """Whether a block over a title is no line of it, such as "Research Article": one that does not fill its width."""
    x0, _, x1, _ = draft.box
    return x1 - x0 < 0.6 * max(line.x1 - line.x0 for line in title.lines) or draft.text.rstrip().endswith(":")


def _continues_title(upper: BlockDraft, lower: BlockDraft, furthest: float) -> bool:
    """Whether of two blocks in a title's type the one right below the other goes on with it."""
    a, b = upper.lines[-1], lower.lines[0]
    if upper.kind != "paragraph" or lower.kind != "paragraph" or a.page != b.page:
        return False
    same = abs(upper.size - lower.size) < 0.02 * lower.size and (a.bold == b.bold or a.italic or b.italic)
    near = 0 < b.baseline - a.baseline < furthest * b.size and min(a.x1, b.x1) > max(a.x0, b.x0)
    return same and near and not _names(lower.level_text) and not upper.text.rstrip().endswith(".")


def _nest(flow: Sequence[BlockDraft]) -> None:
    """Put headings below a main section's that has the same face and is followed by one of them at once."""
    outer: int | None = None
    last: BlockDraft | None = None
    for draft in flow:
        if draft.kind in ("header", "footer", "caption", "table", "table_note", "other", "footnote"):
            continue
        if draft.kind == "heading" and not NUMBERED.match(draft.text):
            main = MAIN_SECTION.fullmatch(draft.text.strip()) or REFERENCE_LIST.fullmatch(draft.text.strip())
            opens = last is not None and last.kind == "heading" and last.level == draft.level
            if main:
                outer = None
            elif opens and last is not None and MAIN_SECTION.fullmatch(last.text.strip()):
                outer = last.level
            if outer is not None and draft.level >= outer:
                draft.level += 1
        last = draft


def _squash(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def is_caption(draft: BlockDraft, body: Body) -> bool:
    """Whether a block is a figure's caption, not a sentence that begins with one's name."""
    found = FIGURE.match(draft.text)
    if not found:
        return False
    rest = draft.text[found.end() :].lstrip()
    if draft.size > 1.1 * body.size:
        return False
    if rest[:1].islower() and not PANEL.match(rest):  # "Figure 1 shows": a sentence, be its beginning bold or not
        return False
    return not rest or rest[0] in ".:|\u2013\u2014-(" or rest[0].isupper() or draft.lines[0].words[0].bold


def is_heading(draft: BlockDraft, body: Body) -> bool:
    """Whether a block is a heading by its face and length."""
    text = draft.text.strip()
    if len(draft.lines) > 4 or len(text) > 160 or not re.search(r"[^\W\d_]{3}", text):
        return False
    if not (text[0].isupper() or text[0].isdigit()) or draft.size < 0.93 * body.size:
        return False
    plain_end = not text.endswith((".", ",", ";", ":"))
    if draft.size > 1.08 * body.size:
        return plain_end or len(text) < 80
    if draft.bold or not draft.fonts & body.fonts:
        return plain_end or len(text) < 80
    one_line = len(draft.lines) <= 2 and plain_end
    return one_line and (draft.italic or bool(NUMBERED.match(text) and len(text) < 80) or _capitals(text))


def _capitals(text: str) -> bool:
    return text.isupper() and sum(char.isalpha() for char in text) > 5 and len(text.split()) < 10


def is_fragment(draft: BlockDraft, body: Body) -> bool:
    """Whether a block is no prose: an axis' numbers, a label in a picture, a lone mark."""
    text = draft.text.strip()
    if draft.pictured:
        return True
    letters = sum(char.isalpha() for char in text)
    if letters < 3 or letters < 0.35 * len(text.replace(" ", "")):
        return True
    alone = len(text) < 60 and not SENTENCE_END.search(text)
    return alone and abs(draft.size - body.size) > 0.05 * body.size


def picture_texts(drafts: Sequence[BlockDraft], sheet: Sheet) -> None:
    """Mark the blocks that stand within a picture on their page."""
    area = sheet.frame.across * sheet.frame.down
    pictures = [p for p in sheet.images if 2500 < (p.x1 - p.x0) * (p.bottom - p.top) < 0.6 * area]
    for draft in drafts:
        x0, top, x1, bottom = draft.box
        draft.pictured = len(draft.text) < 200 and any(
            p.x0 - 2 < x0 and x1 < p.x1 + 2 and p.top - 2 < top and bottom < p.bottom + 2 for p in pictures
        )


def figure_labels(drafts: Sequence[BlockDraft]) -> None:
    """Mark short blocks that stand side by side right over a figure's caption: the labels of what it shows."""
    captions = [draft.box for draft in drafts if FIGURE.match(draft.text)]
    short = [draft for draft in drafts if len(draft.text) < LONGEST_LABEL and len(draft.lines) < 4]
    for draft in short:
        x0, top, x1, bottom = draft.box
        beside = [
            other for other in short
            if other is not draft and min(bottom, other.box[3]) - max(top, other.box[1]) > 0.3 * draft.size
            and (other.box[0] > x1 or other.box[2] < x0) and not FIGURE.match(other.text)
        ]  # fmt: skip
        over = any(
            -1 < box[1] - bottom < OVER_CAPTION * draft.size and box[0] - x1 < 40 and x0 - box[2] < 40
            for box in captions
        )
        draft.labels = over and bool(beside) and not FIGURE.match(draft.text)


def foot_texts(drafts: Sequence[BlockDraft], body: Body) -> None:
    """Mark the blocks of small type below which no running text stands in their column."""
    for draft in drafts:
        x0, _, x1, bottom = draft.box
        draft.foot = draft.size < 0.93 * body.size and not any(
            other.size > 0.93 * body.size and other.box[1] > bottom and min(x1, other.box[2]) > max(x0, other.box[0])
            for other in drafts
        )


def whole_captions(flow: Sequence[BlockDraft]) -> list[BlockDraft]:
    """The blocks, figures' captions with what stands right below their bold beginning in the same size."""
    result: list[BlockDraft] = []
    for draft in flow:
        if result and result[-1].kind == "caption" and _rest_of_caption(result[-1], draft):
            result[-1].lines.extend(draft.lines)
        else:
            result.append(draft)
    return result


def _rest_of_caption(caption: BlockDraft, draft: BlockDraft) -> bool:
    a, b = caption.lines[-1], draft.lines[0]
    if draft.kind not in ("paragraph", "other", "footnote", "abstract") or not FIGURE.match(caption.text):
        return False
    near = a.page == b.page and 0.5 * a.size < b.baseline - a.baseline < CAPTION_STEP * a.size
    alike = abs(caption.size - draft.size) < 0.06 * caption.size and abs(caption.lines[0].x0 - b.x0) < a.size
    return near and alike and (caption.bold or b.text[:1].islower())


def continued(flow: Sequence[BlockDraft]) -> list[BlockDraft]:
    """Paragraphs that run on in the next column or page become one; what floats between them follows.

    Text of another size between them, such as a note in the margin, floats as well.
    """
    result: list[BlockDraft] = []
    last: list[BlockDraft] = []  # the last paragraph of each size since a heading
    for draft in flow:
        text = draft.kind in ("paragraph", "abstract", "list_item")
        same = [each for each in last if text and abs(each.size - draft.size) <= 0.06 * each.size]
        if same and _runs_on(same[-1], draft):
            same[-1].lines.extend(draft.lines)
            continue
        result.append(draft)
        if text:
            last = [each for each in last if each not in same] + [draft]
        elif draft.kind in ("heading", "title", "reference"):
            last = []
    return result


def _runs_on(last: BlockDraft, draft: BlockDraft) -> bool:
    if draft.kind == "list_item" or (draft.kind == "abstract") != (last.kind == "abstract"):
        return False
    end, begin = last.text.rstrip(), draft.text[:1]
    if begin.islower():
        return not SENTENCE_END.search(end) or last.lines[-1].page != draft.lines[0].page
    return not re.search(r"[.!?:;][\])\u201d\"']*$", end) and _split_up(last, draft)


def _split_up(last: BlockDraft, draft: BlockDraft) -> bool:
    """Whether a column or page ends between two blocks."""
    a, b = last.lines[-1], draft.lines[0]
    return a.page != b.page or b.top < a.top


def adjacent_titles(flow: list[BlockDraft]) -> list[BlockDraft]:
    """A title whose lines were taken for several blocks becomes one again."""
    result = flow[:1]
    for last, draft in pairwise(flow):
        same = abs(last.size - draft.size) < 0.02 * draft.size and "title" in {last.kind, draft.kind} <= {
            "title",
            "heading",
        }
        if same and _squash(last.text) and 0 < draft.lines[0].top - last.lines[-1].top < 3 * draft.size:
            result[-1].lines.extend(draft.lines)
            result[-1].kind = "title"
        else:
            result.append(draft)
    return result
