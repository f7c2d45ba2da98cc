"""What the classes, ids and links of common article sites mean; the data are in page_marks.json."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from pipeline.document import BlockKind


class Role(BaseModel):
    """Names that say that an element holds a block of this kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: BlockKind
    names: tuple[str, ...]


class Marks(BaseModel):
    """The file page_marks.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    furniture: frozenset[str]
    roles: tuple[Role, ...]
    reference_lists: tuple[str, ...]
    reference_entries: tuple[str, ...]
    reference_labels: tuple[str, ...]
    page_links: tuple[str, ...]
    reference_links: tuple[str, ...]
    articles: tuple[str, ...]

    def role(self, stated: str) -> BlockKind | None:
        """The kind of block that classes and ids speak of; the first kind that any of them names."""
        return next((kind for pattern, kind in self._roles if pattern.search(stated)), None)

    @cached_property
    def _roles(self) -> list[tuple[re.Pattern[str], BlockKind]]:
        return [(_named(role.names), role.kind) for role in self.roles]

    def is_furniture(self, stated: str) -> bool:
        """Whether classes and ids speak of what a site puts around an article."""
        return any(word.lower() in self.furniture for word in re.findall(r"[a-z]+(?=[A-Z])|[A-Za-z]+", stated))

    @cached_property
    def reference_list(self) -> re.Pattern[str]:
        """Classes and ids of a reference list."""
        return _named(self.reference_lists)

    @cached_property
    def reference_entry(self) -> re.Pattern[str]:
        """Classes and ids of an entry in one."""
        return _named(self.reference_entries)

    @cached_property
    def reference_label(self) -> re.Pattern[str]:
        """Classes of the number of an entry, and of the parts of one."""
        return _named(self.reference_labels)

    @cached_property
    def page_link(self) -> re.Pattern[str]:
        """Links that a site adds to a figure, a table or a section."""
        return _worded(self.page_links)

    @cached_property
    def reference_link(self) -> re.Pattern[str]:
        """Links that a site adds to a reference."""
        return _worded(self.reference_links)


def _named(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s_-])(?:{'|'.join(map(re.escape, names))})(?:$|[\s_-])", re.IGNORECASE)


def _worded(texts: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{'|'.join(map(re.escape, texts))})\W*", re.IGNORECASE)


MARKS: Final = Marks.model_validate_json((Path(__file__).parent / "page_marks.json").read_text("utf8"))
