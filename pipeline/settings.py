"""Versions, limits and folders: what a run depends on besides its input."""

from __future__ import annotations

import re
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, field_validator

DISTRIBUTION = "coatmine"


def version() -> str:
    """The installed distribution's version."""
    return metadata.version(DISTRIBUTION)


def data_root() -> Path:
    """The folder that holds ``models/`` and ``gold/``: inside the package in a wheel, else the clone's root."""
    package = Path(__file__).resolve().parent
    packed = package / "data"
    return packed if packed.is_dir() else package.parent


def models_dir() -> Path:
    """Where the shipped spaCy pipeline and the lexicons stand."""
    return data_root() / "models"


def gold_dir() -> Path:
    """Where the shipped gold sets stand."""
    return data_root() / "gold"


def fingerprint(*paths: Path) -> str:
    """Twelve hex digits that change whenever a file at or below these paths does; compiled Python does not count."""
    digest = sha256()
    for path in paths:
        below = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in below:
            if "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(path)}\x1f".encode() + file.read_bytes() + b"\x1e")
    return digest.hexdigest()[:12]


class Limits(BaseModel):
    """Limits for one input at each stage; an input that exceeds one fails alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float = Field(default=120.0, gt=0, description="wall-clock time for each stage of one file")
    memory_mb: int = Field(default=1024, ge=256, description="address space that a process may add over one file, MiB")
    pages: int = Field(default=2000, ge=1, description="pages of a PDF; a longer one is too_large")
    megabytes: int = Field(default=256, ge=1, description="size of the file on disk, MB")


class LanguageModel(BaseModel):
    """The OpenAI-compatible server to ask for a second opinion on records, with limits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str = Field(
        pattern=r"^https?://[^\s/?#]+[^\s?#]*$",
        description="what stands before /chat/completions, such as http://127.0.0.1:11434/v1",
    )
    name: str = Field(pattern=r"^\S+$", description="the model, as the server calls it")
    budget: int | None = Field(default=None, ge=0, description="tokens that a run may cost; None: no bound")
    key: SecretStr | None = Field(default=None, description="what the server asks for as a bearer token")
    calibration: Path | None = Field(default=None, description="what `coatmine calibrate` counted for the model")
    concurrent: int = Field(default=4, ge=1, le=64, description="studies asked about at a time")
    seconds: float = Field(default=300.0, gt=0, description="wall-clock time for one answer")
    attempts: int = Field(default=4, ge=1, description="times that a busy or absent server is asked")
    backoff: float = Field(default=1.0, gt=0, description="seconds before the second attempt; then twice as long")
    longest_wait: float = Field(default=60.0, ge=0, description="the longest wait that a server may ask for, seconds")

    @field_validator("address")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        HttpUrl(address)  # with a port that there is
        return address

    @field_validator("key")
    @classmethod
    def _fits_a_header(cls, key: SecretStr | None) -> SecretStr | None:
        if key and not re.fullmatch("[!-~]+", key.get_secret_value()):
            raise ValueError("a key is of printable ASCII characters, without spaces")
        return key


class Settings(BaseModel):
    """Settings of a run. The same input, version and settings give the same bytes.

    Attributes:
        channels: where values may come from: ``table``, ``text`` or both.
        model: spaCy model by name or path; None for the shipped one.
        lexicon: folder with the user's names, beside the shipped lexicons (docs/add-a-name.md).
        roles: folder with the user's rules on roles, beside the shipped ones (docs/roles.md).
        jobs: worker processes; None for the default, 0 for none (then only reading has limits).
        limits: time, memory, pages and megabytes for one file.
        ocr: run OCR on pages of PDFs without text.
        llm: the language model to ask for a second opinion (docs/llm.md).
        bibliography: bibliography with the metadata of the papers.
        password: password of encrypted PDFs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: tuple[str, ...] = ("table", "text")
    model: str | None = Field(default=None, description="spaCy model by name or path; None: the shipped one")
    lexicon: Path | None = Field(
        default=None, description="folder with names of the user's own, beside the shipped lexicons"
    )
    roles: Path | None = Field(
        default=None, description="folder with rules on roles of the user's own, beside the shipped ones"
    )
    jobs: int | None = Field(
        default=None,
        ge=0,
        description="worker processes; None: as many as the cores allow; 0: no worker, so only reading has limits."
        " The result is the same",
    )
    limits: Limits = Limits()
    ocr: bool = Field(default=False, description="recognise the pages of PDFs that hold no text")
    llm: LanguageModel | None = Field(default=None, description="whom to ask for a second opinion on the records")
    bibliography: Path | None = Field(default=None, description="what says which papers the inputs are")
    password: SecretStr | None = Field(default=None, description="what opens the locked PDFs among the inputs")

    @property
    def secret(self) -> str | None:
        """The password in clear."""
        return self.password.get_secret_value() if self.password else None

    def with_password(self, password: str | None) -> Settings:
        """The same with this password; without one, these."""
        return self.model_copy(update={"password": SecretStr(password)}) if password else self
