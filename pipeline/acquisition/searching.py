"""Which papers there are: searches of Europe PMC, a review's reference list, and who cites it.

docs/watch.md names the documents that the fields and the query language were taken from.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from pipeline.acquisition.client import HttpClient
from pipeline.acquisition.dois import normalise_doi
from pipeline.acquisition.errors import FetchError
from pipeline.acquisition.found import Discovery, FoundPaper, Relation
from pipeline.acquisition.services import ServiceAnswer, crossref_work
from pipeline.acquisition.settings import AcquisitionSettings
from pipeline.errors import UnreachedError, UsageError

_NOTICES: Final = re.compile(r"retraction of publication|published erratum|^expression of concern|^correction$", re.I)
"""Types of publications that are notices about another paper, and no papers to mine."""
_LINKS: Final[dict[str, Relation]] = {"REFFED_BY": "reference", "CITES": "citing"}
"""What Europe PMC's search calls the papers that one cites, and those that cite it."""


def _as_list(value: Any) -> Any:
    """One value where a list is meant: JSON made from XML writes a list of one so."""
    return [value] if isinstance(value, str | dict) else value or []


class CommentOrCorrection(ServiceAnswer):
    """A link from a paper to what was published about it, such as "Retraction in"; ``id`` is in ``source``."""

    type: str = ""
    id: str | None = None
    source: str | None = None


class _Types(ServiceAnswer):
    listed: Annotated[list[str], BeforeValidator(_as_list)] = Field(default=[], alias="pubType")


class _Comments(ServiceAnswer):
    listed: Annotated[list[CommentOrCorrection], BeforeValidator(_as_list)] = Field(
        default=[], alias="commentCorrection"
    )


class EuropePmcHit(ServiceAnswer):
    """A paper as Europe PMC's search describes it (``resultType=core``)."""

    id: str = ""
    source: str = ""
    doi: str | None = None
    title: str | None = None
    types: _Types = Field(default=_Types(), alias="pubTypeList")
    comments: _Comments = Field(default=_Comments(), alias="commentCorrectionList")

    @property
    def is_notice(self) -> bool:
        """Whether it is a notice about another paper."""
        return any(_NOTICES.search(each) for each in self.types.listed)


class _Hits(ServiceAnswer):
    listed: list[EuropePmcHit] = Field(default=[], alias="result")


class _SearchAnswer(ServiceAnswer):
    found: _Hits = Field(default=_Hits(), alias="resultList")
    next_page: str | None = Field(default=None, alias="nextCursorMark")
    error: str | None = Field(default=None, alias="errMsg")


async def europe_pmc_search(client: HttpClient, settings: AcquisitionSettings, query: str) -> list[EuropePmcHit]:
    """All that Europe PMC finds, page by page.

    Raises:
        FetchError: it does not answer, or finds more than ``most_found``.
        UsageError: it does not understand the query.
    """
    url = f"{settings.services.europe_pmc.rstrip('/')}/search"
    hits: list[EuropePmcHit] = []
    cursor: str | None = "*"
    while cursor:
        answer = await client.ask(
            _SearchAnswer, url, query=query, resultType="core", format="json", pageSize=settings.page, cursorMark=cursor
        )
        if answer is None:
            raise FetchError("failed", f"{url} is not there")
        if answer.error:
            raise UsageError(
                f"Europe PMC does not take the query {query!r}: {answer.error}; docs/watch.md has examples"
            )
        hits += answer.found.listed
        if len(hits) > settings.most_found:
            raise UsageError(
                f"{query!r} finds more than {settings.most_found} papers; narrow it, or raise the limit with "
                "--set most_found=NUMBER"
            )
        cursor = answer.next_page if answer.found.listed and answer.next_page != cursor else None
    return hits


async def by_query(client: HttpClient, settings: AcquisitionSettings, query: str) -> Discovery:
    """The papers that a query finds.

    Raises:
        UnreachedError: the service does not answer.
        UsageError: it does not understand the query.
    """
    try:
        hits = await europe_pmc_search(client, settings, query)
    except FetchError as error:
        raise UnreachedError(f"Europe PMC could not be asked: {error}") from error
    return Discovery(_unique([_found(hit, "query") for hit in hits]))


async def around_review(client: HttpClient, settings: AcquisitionSettings, doi: str) -> Discovery:
    """A review, the papers that it cites, and those that cite it, as far as the services know them.

    Raises:
        UnreachedError: no service answers.
        UsageError: no service knows this DOI.
    """
    done = Discovery()
    for name, ask in (("Crossref", _from_crossref), ("Europe PMC", _from_europe_pmc)):
        try:
            done.papers += await ask(client, settings, doi)
        except FetchError as error:
            if error.status != "not_open":  # else it does not know this DOI
                done.unanswered.append(f"{name}: {error}")
    if len(done.unanswered) > 1:
        raise UnreachedError(f"no service could be asked: {'; '.join(done.unanswered)}")
    if not done.papers and not done.unanswered:
        raise UsageError(f"{doi}: neither Crossref nor Europe PMC knows this DOI; check it")
    done.papers = _unique([FoundPaper(doi, "", "review"), *done.papers])
    return done


async def _from_crossref(client: HttpClient, settings: AcquisitionSettings, doi: str) -> list[FoundPaper]:
    work = await crossref_work(client, settings, doi)
    review = FoundPaper(doi, next(iter(work.titles), ""), "review")
    cited = [FoundPaper(_folded(each.doi), each.title or "", "reference") for each in work.references]
    return [review, *(paper for paper in cited if paper.doi)]


async def _from_europe_pmc(client: HttpClient, settings: AcquisitionSettings, doi: str) -> list[FoundPaper]:
    hits = await europe_pmc_search(client, settings, 'DOI:"{}"'.format(doi.replace('"', "")))
    found = []
    for hit in [hit for hit in hits if _folded(hit.doi) == doi][:1]:
        found.append(_found(hit, "review"))
        for name, relation in _LINKS.items():
            linked = await europe_pmc_search(client, settings, f"{name}:{hit.id}_{hit.source}")
            found += [_found(each, relation) for each in linked]
    return found


def _found(hit: EuropePmcHit, relation: Relation) -> FoundPaper:
    return FoundPaper(_folded(hit.doi), hit.title or "", relation, f"{hit.source}:{hit.id}", hit.is_notice)


def _folded(doi: str | None) -> str:
    """A DOI as it is compared; empty where there is none, or one that leads elsewhere."""
    try:
        return normalise_doi(doi or "")
    except UsageError:
        return ""


def _unique(papers: list[FoundPaper]) -> list[FoundPaper]:
    """Each paper once, where it first stood, with a title if any service knows one."""
    first: dict[str, FoundPaper] = {}
    for paper in papers:
        key = paper.doi or paper.identifier
        held = first.setdefault(key, paper)
        if (paper.title and not held.title) or paper.is_notice:
            first[key] = FoundPaper(
                held.doi, held.title or paper.title, held.relation, paper.identifier, paper.is_notice
            )
    return list(first.values())
