r"""Formulas in LaTeX as the characters they stand for: ``10 ^ { - 3 } ~ \mathrm { m g }`` is 10, a raised -3, and mg.

Spaces in a formula mean nothing in LaTeX, and converters put one between every two characters. What sets space
(``~``, ``\,``, ``\quad``), and a relation between two sides, is one space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pylatexenc.latex2text import get_default_latex_context_db

from pipeline.readers.folding import fold_marked

TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|[{}^_~&$]|\s+|.", re.DOTALL)
SPACES = frozenset({"~", r"\,", r"\;", r"\:", r"\ ", r"\quad", r"\qquad", r"\enspace", r"\thinspace", r"\\", r"\hfill"})
WORDED = frozenset({r"\text", r"\mbox", r"\textrm", r"\textbf", r"\textit", r"\textsf", r"\hbox", r"\emph"})
"""Macros in whose argument a space is a space."""
RELATIONS = frozenset("=≈≤≥<>∼≪≫→←↔±×∝≡≠")
MISSING = {
    r"\ddagger": "‡", r"\S": "§", r"\P": "¶", r"\degree": "°", r"\upmu": "μ", r"\micro": "μ", r"\angstrom": "Å",
    r"\textmu": "μ", r"\mathring": "", r"\circledR": "®", r"\textregistered": "®", r"\texttrademark": "™",
    r"\sharp": "#", r"\square": "□", r"\checkmark": "✓",
}  # fmt: skip
"""Symbols that pylatexenc's table lacks."""
DEEPEST = 60


def formula(latex: str) -> tuple[str, str]:
    """A formula as folded text, and a mark for each character: ``^`` raised, ``_`` lowered, a space for neither."""
    parts: list[tuple[str, str]] = []
    _read(_Pieces(latex), " ", False, parts, 0)
    text, marks = "", ""
    for piece, mark in _spaced(parts):
        folded, folded_marks = fold_marked(piece, mark)
        if folded == " " and text.endswith(" "):
            continue
        text, marks = text + folded, marks + folded_marks
    return text, marks


class _Pieces(Iterator[str]):
    """The pieces of a formula, one ahead."""

    def __init__(self, latex: str) -> None:
        self._found = TOKEN.findall(latex)
        self._at = 0

    def __next__(self) -> str:
        if self._at >= len(self._found):
            raise StopIteration
        self._at += 1
        return str(self._found[self._at - 1])

    def skip_space(self) -> None:
        while self._at < len(self._found) and self._found[self._at].isspace():
            self._at += 1

    def peek(self) -> str:
        return self._found[self._at] if self._at < len(self._found) else ""


def _read(pieces: _Pieces, mark: str, worded: bool, parts: list[tuple[str, str]], depth: int) -> None:
    """Read up to the end of the group."""
    for piece in pieces:
        if piece == "}":
            return
        _one(piece, pieces, mark, worded, parts, depth)


def _one(piece: str, pieces: _Pieces, mark: str, worded: bool, parts: list[tuple[str, str]], depth: int) -> None:  # noqa: C901
    """Read one piece, and the argument that belongs to it."""
    if piece == "{":
        if depth < DEEPEST:
            _read(pieces, mark, worded, parts, depth + 1)
    elif piece in ("^", "_"):
        _argument(pieces, piece if mark == " " else mark, worded, parts, depth)
    elif piece in SPACES:
        parts.append((" ", mark))
    elif piece.isspace():
        if worded:
            parts.append((" ", mark))
    elif piece in WORDED:
        _argument(pieces, mark, True, parts, depth)
    elif piece in (r"\begin", r"\end"):
        _argument(pieces, mark, worded, [], depth)
    elif piece in (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"):
        _argument(pieces, mark, worded, parts, depth)
        parts.append(("/", mark))
        _argument(pieces, mark, worded, parts, depth)
    elif piece.startswith("\\"):
        parts.append((_symbol(piece), mark))
    elif piece not in "&$":
        parts.append((piece, mark))


def _argument(pieces: _Pieces, mark: str, worded: bool, parts: list[tuple[str, str]], depth: int) -> None:
    """Read what a macro, or a raised or lowered place, takes: a group or one piece."""
    pieces.skip_space()
    if pieces.peek() in ("}", "") or depth >= DEEPEST:
        return
    _one(next(pieces), pieces, mark, worded, parts, depth + 1)


@cache
def _symbol(macro: str) -> str:
    """The character that a macro stands for; empty for one that only sets the type."""
    if macro in MISSING:
        return MISSING[macro]
    if not macro[1:2].isalpha():
        return macro[1:] if macro[1:] in "%#$_{}&-|" else ""
    spec = _specs().get_macro_spec(macro[1:])
    stated = spec.simplify_repl if spec is not None else None
    if isinstance(stated, str) and "%" not in stated:
        return stated
    name = macro[1:].rstrip("*")
    return name if name in FUNCTIONS else ""


FUNCTIONS = frozenset({"log", "ln", "exp", "sin", "cos", "tan", "max", "min", "lim", "det", "Pr", "arg", "sup", "inf"})


@cache
def _specs() -> Any:
    return get_default_latex_context_db()


def _spaced(parts: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The parts with a space on either side of a relation that stands between two of them on the line."""
    for index, (piece, mark) in enumerate(parts):
        inside = 0 < index < len(parts) - 1 and mark == " " and piece in RELATIONS
        if inside:
            yield " ", mark
        yield piece, mark
        if inside:
            yield " ", mark
