"""What a caller may set when papers are acquired: who asks, whom, how often, and how much may come."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Seconds = Annotated[float, Field(gt=0)]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+(/\S*)?$")]


class Services(BaseModel):
    """Base addresses of the services that are asked; docs/acquire.md says what each is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    crossref: Address = "https://api.crossref.org/v1"
    europe_pmc: Address = "https://www.ebi.ac.uk/europepmc/webservices/rest"
    pmc_ids: Address = "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/articles/"
    pmc_files: Address = "https://pmc-oa-opendata.s3.amazonaws.com"
    unpaywall: Address = "https://api.unpaywall.org/v2"


class AcquisitionSettings(BaseModel):
    """Everything that decides how papers are acquired."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: Annotated[str, StringConstraints(pattern=r"^[^@\s<>()]+@[^@\s<>()]+$")] | None = Field(
        default=None, description="told to every service asked; without it Unpaywall, which demands one, is not asked"
    )
    services: Services = Services()
    closed_hosts: tuple[str, ...] = Field(
        default=("www.ncbi.nlm.nih.gov", "ncbi.nlm.nih.gov", "pmc.ncbi.nlm.nih.gov", "europepmc.org"),
        description="sites whose article pages are not for programs, though other services link to them",
    )
    private_hosts: tuple[str, ...] = Field(
        default=(), description="HOST:PORT that may be asked although its address is private; all others are refused"
    )
    interval: float = Field(default=0.5, ge=0, description="least time between two requests to one host, seconds")
    at_once: int = Field(default=3, ge=1, description="papers in work at the same time")
    attempts: int = Field(default=4, ge=1, description="how often a request is made while it fails in passing")
    backoff: float = Field(default=1.0, ge=0, description="wait before the second attempt, doubled each time, seconds")
    longest_wait: Seconds = Field(default=120.0, description="longest Retry-After that is waited for, seconds")
    redirects: int = Field(default=10, ge=0, description="redirects that are followed for one request")
    stall_seconds: Seconds = Field(default=30.0, description="longest silence on a connection, seconds")
    answer_seconds: Seconds = Field(default=60.0, description="time until a host has answered a request, seconds")
    download_seconds: Seconds = Field(default=600.0, description="time for one file to arrive, seconds")
    megabytes: int = Field(default=100, ge=1, description="size of one file, MB (10**6 bytes)")
