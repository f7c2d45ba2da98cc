"""Notices about papers: what Crossref (with Retraction Watch's data) and Europe PMC say has happened to them since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pydantic import Field

from pipeline.acquisition.client import HttpClient
from pipeline.acquisition.errors import FetchError
from pipeline.acquisition.found import NoticesFound
from pipeline.acquisition.searching import EuropePmcHit, europe_pmc_search
from pipeline.acquisition.services import ServiceAnswer, Work, WorkUpdate, mailto
from pipeline.acquisition.settings import AcquisitionSettings
from pipeline.notices import Notice, NoticeKind, folded_doi

_BATCH: Final = 20  # DOIs in a request: an address stays under 2,000 characters
_CROSSREF: Final[dict[str, NoticeKind]] = {
    "retraction": "retraction",
    "withdrawal": "retraction",
    "removal": "retraction",
    "partial_retraction": "partial_retraction",
    "expression_of_concern": "concern",
    "correction": "correction",
    "corrigendum": "correction",
    "erratum": "correction",
    "addendum": "correction",
    "clarification": "correction",
}
"""Crossref's types of updates; a new version or edition is no notice."""
_EUROPE_PMC: Final[dict[str, NoticeKind]] = {
    "retraction in": "retraction",
    "partial retraction in": "partial_retraction",
    "expression of concern in": "concern",
    "erratum in": "correction",
    "corrected and republished in": "correction",
}
"""Europe PMC's (and PubMed's) types of links from a paper to a notice."""
_STATED: Final = {"publisher": "Crossref", "retraction-watch": "Retraction Watch"}


class _Works(ServiceAnswer):
    items: list[Work] = Field(default=[])


class _WorksAnswer(ServiceAnswer):
    message: _Works = Field(default=_Works())


async def notices_about(client: HttpClient, settings: AcquisitionSettings, dois: list[str]) -> NoticesFound:
    """Ask for notices about papers, many in one request."""
    done = NoticesFound(asked=set(dois))
    for batch in _batches(dois):
        for name, ask in (("Crossref", _crossref), ("Europe PMC", _europe_pmc)):
            try:
                done.notices += await ask(client, settings, batch)
            except FetchError as error:
                done.asked.difference_update(batch)
                done.unanswered.append(f"{name}: {error}")
                if error.status == "failed":  # the service is away, and the next batch would wait as long
                    return _left(done, dois)
    return done


def _left(done: NoticesFound, dois: list[str]) -> NoticesFound:
    """What was asked before a service went away."""
    failed = min(dois.index(doi) for doi in dois if doi not in done.asked)
    done.asked.difference_update(dois[failed:])
    return done


def _batches(dois: list[str]) -> Iterator[list[str]]:
    return (dois[start : start + _BATCH] for start in range(0, len(dois), _BATCH))


async def _crossref(client: HttpClient, settings: AcquisitionSettings, dois: list[str]) -> Iterable[Notice]:
    """A comma parts filters, so a DOI with one cannot be asked for in this way."""
    wanted = ",".join(f"doi:{doi}" for doi in dois if "," not in doi)
    url = f"{settings.services.crossref.rstrip('/')}/works"
    if not wanted:
        return []
    answer = await client.ask(_WorksAnswer, url, filter=wanted, rows=len(dois), **mailto(settings, "mailto"))
    if answer is None:
        raise FetchError("failed", f"{url} is not there")
    return list(_of_works(answer.message.items, set(dois)))


def _of_works(works: list[Work], dois: set[str]) -> Iterator[Notice]:
    for work in works:
        stated = [(folded_doi(work.doi), update.doi, update) for update in work.updated_by]
        stated += [(folded_doi(update.doi or ""), work.doi, update) for update in work.updates]
        for doi, notice, update in stated:
            kind = _CROSSREF.get(update.type.lower().replace("-", "_").replace(" ", "_"))
            if kind and doi in dois:
                yield Notice(
                    doi=doi,
                    kind=kind,
                    notice=folded_doi(notice) if notice and folded_doi(notice) != doi else None,
                    date=_date(update),
                    source=_STATED.get(update.source or "", "Crossref"),
                )


def _date(update: WorkUpdate) -> str | None:
    parts = next(iter(update.updated.date_parts), [])
    known = [part for part in parts[:3] if part]
    if not known or len(known) < len(parts[:3]):
        return None
    return "-".join([f"{known[0]:04}", *(f"{part:02}" for part in known[1:])])


async def _europe_pmc(client: HttpClient, settings: AcquisitionSettings, dois: list[str]) -> Iterable[Notice]:
    query = " OR ".join('DOI:"{}"'.format(doi.replace('"', "")) for doi in dois)
    return list(_of_hits(await europe_pmc_search(client, settings, query), set(dois)))


def _of_hits(hits: list[EuropePmcHit], dois: set[str]) -> Iterator[Notice]:
    for hit in hits:
        doi = folded_doi(hit.doi or "")
        if doi not in dois:
            continue
        linked = [(_EUROPE_PMC.get(each.type.strip().lower()), each) for each in hit.comments.listed]
        notices = [(kind, each) for kind, each in linked if kind]
        for kind, each in notices:
            address = f"https://europepmc.org/article/{each.source}/{each.id}" if each.source and each.id else None
            yield Notice(doi=doi, kind=kind, notice=address, source="Europe PMC")
        retracted = any(each.strip().lower() == "retracted publication" for each in hit.types.listed)
        if retracted and not any(kind == "retraction" for kind, _ in notices):
            yield Notice(doi=doi, kind="retraction", source="Europe PMC")
