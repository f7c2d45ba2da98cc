"""What services answer when they are asked which papers there are, and what has happened to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pipeline.notices import Notice

Relation = Literal["query", "review", "reference", "citing"]
"""Why a paper is wanted: a query found it, it is the review, the review cites it, or it cites the review."""


@dataclass(frozen=True, slots=True)
class FoundPaper:
    """A paper that a search found.

    Attributes:
        doi: in the form in which two are compared; empty where the service names none.
        title: as the service has it.
        relation: why it is wanted.
        identifier: the service's own, such as MED:23245604.
        is_notice: whether it is a retraction or correction of another paper.
    """

    doi: str
    title: str
    relation: Relation
    identifier: str = ""
    is_notice: bool = False


@dataclass(slots=True)
class Discovery:
    """The papers that were found, each once, and which services did not answer, with the reason."""

    papers: list[FoundPaper] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)


@dataclass(slots=True)
class NoticesFound:
    """The notices about some papers, the DOIs about which all services answered, and which did not, with the reason."""

    notices: list[Notice] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    unanswered: list[str] = field(default_factory=list)
