"""Settings of downloads: contact address, services, rate limits, size and time limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from pipeline.errors import UsageError

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
    page: int = Field(default=100, ge=1, le=1000, description="papers on a page of a search's answer")
    most_found: int = Field(default=10_000, ge=1, description="papers that a search may find; more are a usage error")

    @classmethod
    def given(cls, pairs: Iterable[str], email: str | None = None) -> Self:
        """Settings from texts, ``NAME=VALUE``: a list's parts stand between commas, a service is ``services.NAME``.

        Raises:
            UsageError: there is no such setting, or it cannot have this value.
        """
        wanted: dict[str, Any] = {"email": email, "services": {}}
        for pair in pairs:
            name, _, value = pair.partition("=")
            if name.startswith("services."):
                wanted["services"][name.removeprefix("services.")] = value
            else:
                wanted[name] = value.split(",") if name.endswith("_hosts") else value
        try:
            return cls.model_validate(wanted)
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(str(part) for part in fault["loc"])
            if where == "email":
                raise UsageError(f"--email {email}: not an address") from error
            names = [*(name for name in cls.model_fields if name != "services"), "services.NAME"]
            raise UsageError(f"{where}: {fault['msg']}; set one of {', '.join(names)} as NAME=VALUE") from error
