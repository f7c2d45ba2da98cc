"""The services that are asked for metadata and open copies of a paper.

The answers are validated for the few fields that are used, so that a service may add others. docs/acquire.md names the
documents that the fields were taken from.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from pipeline.acquisition.client import HttpClient
from pipeline.acquisition.errors import FetchError
from pipeline.acquisition.settings import AcquisitionSettings


class ServiceAnswer(BaseModel):
    """The part of a service's answer that is used."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


@dataclass(frozen=True, slots=True)
class Copy:
    """An open copy as a service describes it. ``md5`` is the file's own checksum, where the service gives it."""

    url: str
    source: str
    licence: str | None = None
    version: str | None = None
    md5: str | None = None


@dataclass(slots=True)
class Inquiry:
    """One paper, and what the services have answered about it so far."""

    client: HttpClient
    settings: AcquisitionSettings
    doi: str
    work: Work | None = None
    pmcid: str | None = None


class Licence(ServiceAnswer):
    """A licence in Crossref's metadata; it holds from ``start`` on."""

    url: str = Field(default="", alias="URL")
    start: dict[str, Any] = {}

    @property
    def open_now(self) -> bool:
        """Whether it is Creative Commons' and in force."""
        start = self.start.get("date-time")
        begun = not isinstance(start, str) or start[:10] <= datetime.now(UTC).date().isoformat()
        return "creativecommons.org/" in self.url and begun


class ServiceLink(ServiceAnswer):
    """A link to the full text in Crossref's metadata."""

    url: str = Field(default="", alias="URL")
    content_type: str = Field(default="", alias="content-type")
    version: str = Field(default="", alias="content-version")


class Issued(ServiceAnswer):
    """A date of which parts may be missing."""

    date_parts: list[list[int | None]] = Field(default=[], alias="date-parts")


class WorkReference(ServiceAnswer):
    """An entry of a paper's reference list in Crossref's metadata."""

    doi: str | None = Field(default=None, alias="DOI")
    title: str | None = Field(default=None, alias="article-title")


class WorkUpdate(ServiceAnswer):
    """A notice in Crossref's metadata, on the paper (``updated-by``) or on the notice (``update-to``)."""

    doi: str | None = Field(default=None, alias="DOI")
    type: str = ""
    source: str | None = None
    updated: Issued = Issued()


class Work(ServiceAnswer):
    """Crossref's metadata of a paper."""

    doi: str = Field(default="", alias="DOI")

    titles: list[str] = Field(default=[], alias="title")
    journals: list[str] = Field(default=[], alias="container-title")
    issued: Issued = Issued()
    licences: list[Licence] = Field(default=[], alias="license")
    links: list[ServiceLink] = Field(default=[], alias="link")
    references: list[WorkReference] = Field(default=[], alias="reference")
    updated_by: list[WorkUpdate] = Field(default=[], alias="updated-by")
    updates: list[WorkUpdate] = Field(default=[], alias="update-to")

    @property
    def year(self) -> int | None:
        """The year of publication."""
        return next((parts[0] for parts in self.issued.date_parts if parts), None)


class CrossrefAnswer(ServiceAnswer):
    """Crossref's answer about one DOI."""

    message: Work


async def crossref(inquiry: Inquiry) -> Work:
    """The paper's metadata."""
    return await crossref_work(inquiry.client, inquiry.settings, inquiry.doi)


async def crossref_work(client: HttpClient, settings: AcquisitionSettings, doi: str) -> Work:
    """What Crossref knows of a DOI.

    Raises:
        FetchError: it does not know it, or does not answer.
    """
    url = f"{settings.services.crossref.rstrip('/')}/works/{quote(doi, safe='/')}"
    answer = await client.ask(CrossrefAnswer, url, **mailto(settings, "mailto"))
    if answer is None:
        raise FetchError("not_open", "does not know this DOI")
    return answer.message


class EuropePmcPaper(ServiceAnswer):
    """A paper that Europe PMC found."""

    doi: str | None = None
    pmcid: str | None = None
    is_open: str = Field(default="N", alias="isOpenAccess")
    licence: str | None = Field(default=None, alias="license")


class EuropePmcPapers(ServiceAnswer):
    """The papers that Europe PMC found."""

    papers: list[EuropePmcPaper] = Field(default=[], alias="result")


class EuropePmcAnswer(ServiceAnswer):
    """Europe PMC's answer to a search."""

    found: EuropePmcPapers = Field(default=EuropePmcPapers(), alias="resultList")


async def europe_pmc(inquiry: Inquiry) -> list[Copy]:
    """JATS from Europe PMC, where it holds the paper as open access."""
    base = inquiry.settings.services.europe_pmc.rstrip("/")
    query = 'DOI:"{}"'.format(inquiry.doi.replace('"', ""))
    answer = await inquiry.client.ask(
        EuropePmcAnswer, f"{base}/search", query=query, resultType="core", format="json", pageSize=25
    )
    papers = [paper for paper in answer.found.papers if (paper.doi or "").lower() == inquiry.doi] if answer else []
    inquiry.pmcid = next((paper.pmcid for paper in papers if paper.pmcid), None)
    copies = [
        Copy(f"{base}/{paper.pmcid}/fullTextXML", "Europe PMC", paper.licence)
        for paper in papers
        if paper.pmcid and paper.is_open == "Y"
    ]
    if not copies:
        raise FetchError("not_open", "has no open copy")
    return copies


class PmcId(ServiceAnswer):
    """A paper's identifiers; one that PMC does not hold has no pmcid."""

    pmcid: str | None = None


class PmcIdAnswer(ServiceAnswer):
    """The ID converter's answer."""

    records: list[PmcId] = []


class PmcArticle(ServiceAnswer):
    """PMC's description of one version of an article in its cloud service; addresses are s3://BUCKET/KEY?md5=SUM."""

    doi: str | None = None
    licence: str | None = Field(default=None, alias="license_code")
    is_manuscript: bool | None = None
    xml: str | None = Field(default=None, alias="xml_url")
    pdf: str | None = Field(default=None, alias="pdf_url")


async def pmc(inquiry: Inquiry) -> list[Copy]:
    """JATS and PDF from PMC's article datasets, in the latest version."""
    services = inquiry.settings.services
    if inquiry.pmcid is None:
        answer = await inquiry.client.ask(
            PmcIdAnswer,
            services.pmc_ids,
            ids=inquiry.doi,
            idtype="doi",
            format="json",
            tool="coatmine",
            **mailto(inquiry.settings, "email"),
        )
        inquiry.pmcid = next((record.pmcid for record in answer.records if record.pmcid), None) if answer else None
    if inquiry.pmcid is None:
        raise FetchError("not_open", "does not hold this paper")
    base = services.pmc_files.rstrip("/")
    listing = await inquiry.client.text(f"{base}/?list-type=2&delimiter=/", prefix=f"{inquiry.pmcid}.")
    pattern = rf"<Prefix>{re.escape(inquiry.pmcid)}\.(\d+)/</Prefix>"
    versions = [int(number) for number in re.findall(pattern, (listing or b"").decode("utf-8", "replace"))]
    if not versions:
        raise FetchError("not_open", "has this paper, but not for programs")
    article = await inquiry.client.ask(PmcArticle, f"{base}/metadata/{inquiry.pmcid}.{max(versions)}.json")
    if article is None or (article.doi or inquiry.doi).lower() != inquiry.doi:
        raise FetchError("failed", f"describes {inquiry.pmcid} as another paper")
    return [_pmc_copy(base, address, article) for address in (article.xml, article.pdf) if address]


def _pmc_copy(base: str, address: str, article: PmcArticle) -> Copy:
    parts = urlsplit(address)
    return Copy(
        f"{base}{parts.path}",
        "PMC",
        article.licence,
        "acceptedVersion" if article.is_manuscript else None,
        next(iter(parse_qs(parts.query).get("md5", [])), None),
    )


class UnpaywallLocation(ServiceAnswer):
    """A place where Unpaywall found an open copy."""

    pdf: str | None = Field(default=None, alias="url_for_pdf")
    licence: str | None = Field(default=None, alias="license")
    version: str | None = None


class UnpaywallAnswer(ServiceAnswer):
    """Unpaywall's answer about one DOI."""

    best: UnpaywallLocation | None = Field(default=None, alias="best_oa_location")
    locations: list[UnpaywallLocation] = Field(default=[], alias="oa_locations")


async def unpaywall(inquiry: Inquiry) -> list[Copy]:
    """PDFs that Unpaywall found at publishers and in repositories, the best first."""
    if inquiry.settings.email is None:
        raise FetchError("not_open", "not asked: it requires an email address; give --email")
    url = f"{inquiry.settings.services.unpaywall.rstrip('/')}/{quote(inquiry.doi, safe='/')}"
    answer = await inquiry.client.ask(UnpaywallAnswer, url, email=inquiry.settings.email)
    locations = [] if answer is None else [*([answer.best] if answer.best else []), *answer.locations]
    copies = {
        place.pdf: Copy(place.pdf, "Unpaywall", place.licence, place.version)
        for place in locations
        if place.pdf and urlsplit(place.pdf).hostname not in inquiry.settings.closed_hosts
    }
    if not copies:
        raise FetchError("not_open", "has no open copy that programs may download")
    return list(copies.values())


async def crossref_links(inquiry: Inquiry) -> list[Copy]:
    """PDFs that the publisher deposited at Crossref with a Creative Commons licence in force."""
    work = inquiry.work or Work()
    licence = next((licence.url for licence in work.licences if licence.open_now), None)
    pdfs = [link for link in work.links if link.content_type == "application/pdf"]
    return [Copy(link.url, "Crossref", licence, _VERSIONS.get(link.version)) for link in pdfs if licence]


_VERSIONS = {"vor": "publishedVersion", "am": "acceptedVersion"}

SERVICES: tuple[tuple[str, Callable[[Inquiry], Awaitable[list[Copy]]]], ...] = (
    ("Europe PMC", europe_pmc),
    ("PMC", pmc),
    ("Unpaywall", unpaywall),
    ("Crossref", crossref_links),
)
"""The services in the order in which they are asked: JATS before PDF, archives before publishers."""


def mailto(settings: AcquisitionSettings, name: str) -> dict[str, str]:
    """The parameter of this name with the asker's email address, where one is given."""
    return {name: settings.email} if settings.email else {}
