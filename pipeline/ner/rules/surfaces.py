"""Where a name stands in a text, and what stands right beside it."""

from __future__ import annotations

from collections.abc import Iterator


def occurrences(
    text: str, name: str, *, endings: tuple[str, ...] = ("",), before: str = "", behind: str = ""
) -> Iterator[tuple[int, int]]:
    """The ranges where a name stands as a word of its own.

    Args:
        text: the text.
        name: the name.
        endings: what may follow as part of it, the longest first: ``("s", "")``.
        before: further characters that must not stand right before it.
        behind: further characters that must not stand right behind it.
    """
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if not (at and _goes_on(text[at - 1], before)):
            for ending in endings:
                stop = end + len(ending)
                if text.startswith(ending, end) and not (stop < len(text) and _goes_on(text[stop], behind)):
                    yield at, stop
                    end = stop
                    break
        at = text.find(name, max(end, at + 1))


def _goes_on(char: str, others: str) -> bool:
    return char.isalnum() or char == "_" or char in others


def past_space(text: str, at: int) -> int:
    """The offset of the first character from an offset on that is no white space."""
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def singular(word: str) -> str:
    """A word without the s of its plural."""
    return word[:-1] if word.endswith("s") else word


def words_in(text: str) -> list[str]:
    """The words of a text: its runs of letters, digits and underscores."""
    return "".join(char if char.isalnum() or char == "_" else " " for char in text).split()
