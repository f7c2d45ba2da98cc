"""The entry points for finding papers: what a query finds, what stands around a review, what notices say of papers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from pipeline.acquisition.dois import normalise_doi, unique
from pipeline.acquisition.found import Discovery, NoticesFound
from pipeline.acquisition.settings import AcquisitionSettings
from pipeline.errors import UsageError

T = TypeVar("T")


def search(query: str, settings: AcquisitionSettings) -> Discovery:
    """The papers that a query in Europe PMC's syntax finds.

    Raises:
        UnreachedError: the service does not answer.
        UsageError: it does not understand the query, or the extra ``acquire`` is not installed.
    """
    with _the_extra():
        from pipeline.acquisition.searching import by_query
    return _answer(by_query, settings, query)


def around_review(doi: str, settings: AcquisitionSettings) -> Discovery:
    """A review, the papers that it cites, and those that cite it.

    Raises:
        UnreachedError: no service answers.
        UsageError: this is no DOI, or the extra ``acquire`` is not installed.
    """
    with _the_extra():
        from pipeline.acquisition.searching import around_review as ask
    return _answer(ask, settings, normalise_doi(doi))


def notices(dois: Iterable[str], settings: AcquisitionSettings) -> NoticesFound:
    """Retractions, corrections and expressions of concern about papers, as Crossref and Europe PMC state them.

    Raises:
        UsageError: one is no DOI, or the extra ``acquire`` is not installed.
    """
    with _the_extra():
        from pipeline.acquisition.updates import notices_about
    return _answer(notices_about, settings, unique(map(normalise_doi, dois)))


@contextmanager
def _the_extra() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError("finding papers needs an HTTP library; install it with coatmine[acquire]") from error


def _answer(ask: Callable[..., Awaitable[T]], settings: AcquisitionSettings, *given: object) -> T:
    """Let a client ask, in an event loop of its own: the caller, such as a notebook, may run one."""
    from anyio.from_thread import start_blocking_portal

    from pipeline.acquisition.client import HttpClient

    async def asking() -> T:
        async with HttpClient(settings) as client:
            return await ask(client, settings, *given)

    with start_blocking_portal() as portal:
        return portal.call(asking)
