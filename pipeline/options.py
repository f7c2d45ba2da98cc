"""Options that commands and flows share, and the settings they make."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import Field, ValidationError

from pipeline.errors import UsageError
from pipeline.settings import LanguageModel, Limits, Settings

R = TypeVar("R")

Model = Annotated[str | None, typer.Option(help="spaCy model to use, by name or path. Default: the shipped one.")]
Roles = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER", help="Your own rules on roles (*.toml), added to the shipped ones; see docs/roles.md."
    ),
]
LexiconFolder = Annotated[
    Path | None,
    typer.Option(
        "--lexicon",
        metavar="FOLDER",
        help="Your own names (*.tsv), added to the shipped ones; see docs/add-a-name.md.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Raw = Annotated[bool, typer.Option("--raw", help="Leave out curators' decisions.")]
Password = Annotated[
    str | None, typer.Option(envvar="COATMINE_PASSWORD", show_envvar=True, help="Password of encrypted PDFs.")
]
Ocr = Annotated[bool, typer.Option("--ocr", help="Run OCR on pages without text; takes seconds per page.")]
LimitList = Annotated[
    list[str] | None,
    typer.Option("--limit", metavar="NAME=NUMBER", help="Limit for one file: seconds, memory_mb, pages or megabytes."),
]
Channels = Annotated[
    str,
    typer.Option(help="Where values may come from: table, text or both."),
    Field(pattern="^(table|text|table, ?text|text, ?table)$"),
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Worker processes. Default: by cores and papers."), Field(ge=1)]
Replace = Annotated[bool, typer.Option("--replace", help="Remove papers from --out that this call does not name.")]
Dois = Annotated[list[str] | None, typer.Argument(metavar="DOI...", help="DOIs of papers.")]
Manifest = Annotated[Path | None, typer.Option(help="CSV file with a column doi.")]
FromReview = Annotated[Path | None, typer.Option("--from", help="Review whose reference list gives the DOIs.")]
Library = Annotated[Path | None, typer.Option(help="Bibliography with DOIs: .bib, .ris, CSL .json or Zotero .csv.")]
Email = Annotated[str | None, typer.Option(help="Your address, sent to the services; Unpaywall requires one.")]
Given = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A setting, such as interval=2; docs/acquire.md names them."),
]
About = Annotated[
    str,
    typer.Argument(
        metavar="QUERY|REVIEW",
        help="Query in Europe PMC's syntax, or a review: its DOI or its file.",
        show_default=False,
    ),
]
Since = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Leave out papers published before this day; for the first look."),
]
DigestTable = Annotated[bool, typer.Option("--csv", help="Write digest.csv too: one row per new or changed study.")]
Bibliography = Annotated[
    Path | None,
    typer.Option(help="Metadata, by DOI, title or file name: .bib, .ris, CSL .json or Zotero .csv."),
]
Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="Papers: .pdf, .xml, .nxml, .html, .docx, .md, .txt")
]
Llm = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Ask the language model at this OpenAI-compatible address, such as http://127.0.0.1:11434/v1, for a"
        " second opinion: sends parts of the papers there. Put a key, if it needs one, into COATMINE_LLM_KEY.",
    ),
]
LlmModel = Annotated[str | None, typer.Option(metavar="NAME", help="Name of the model on that server.")]
LlmBudget = Annotated[
    int | None, typer.Option(metavar="N", min=0, help="Largest number of tokens for this run."), Field(ge=0)
]
LlmCalibration = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Calibration of that model, from `coatmine calibrate`. Default: the built-in one."
    ),
]

# What only flows take. Field is for Prefect's form, and checked before anything runs.
Papers = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Papers, and folders of them; or URLs."), Field(min_length=1)
]
Where = Annotated[str, typer.Option(help="The run's folder, or URL such as s3://bucket/run."), Field(min_length=1)]
GoldSets = Annotated[list[str] | None, typer.Option("--gold", help="A gold set to score against; may be given again.")]
Database = Annotated[str | None, typer.Option(help="URL of a database to load the run into.")]
Formats = Annotated[list[str] | None, typer.Option("--format", help="Export format, as in coatmine publish.")]
Dask = Annotated[str | None, typer.Option(help="Address of a Dask scheduler that runs the stages.")]
Batch = Annotated[int, typer.Option(help="Papers per task."), Field(ge=1)]
Wait = Annotated[float, typer.Option(help="Seconds to wait for another run on the folder."), Field(ge=0)]
Settle = Annotated[float, typer.Option(help="Seconds without change before a file is read."), Field(ge=0)]


def settings_of(
    channels: Channels = "table,text", model: Model = None, lexicon: LexiconFolder = None, roles: Roles = None,
    jobs: Jobs = None, bibliography: Bibliography = None, ocr: Ocr = False, limit: LimitList = None,
    llm: Llm = None, llm_model: LlmModel = None, llm_budget: LlmBudget = None,
    llm_calibration: LlmCalibration = None,
) -> Settings:  # fmt: skip
    """The settings of a run, from its options; files that they name are checked before any work.

    Raises:
        UsageError: a channel, a limit or an address is not known, or such a file cannot be read.
    """
    from pipeline.bibliography import read_bibliography

    wanted = {part.strip() for part in channels.split(",")}
    if not wanted or wanted - {"table", "text"}:
        raise UsageError(f"--channels {channels}: give table, text or table,text")
    if bibliography is not None:
        read_bibliography(bibliography)
    return Settings(
        channels=tuple(c for c in ("table", "text") if c in wanted), model=model, lexicon=checked_names(lexicon),
        roles=checked_rules(roles), jobs=jobs, bibliography=bibliography, ocr=ocr, limits=limits_of(limit),
        llm=_language_model(llm, llm_model, llm_budget, llm_calibration),
    )  # fmt: skip


def with_run_options(function: Callable[..., R]) -> Callable[..., R]:
    """Let a command or a flow take the options of a run, in the place of its parameter ``settings``."""
    own, options = signature(function, eval_str=True), signature(settings_of, eval_str=True)
    parameters = [
        each
        for parameter in own.parameters.values()
        for each in (options.parameters.values() if parameter.name == "settings" else [parameter])
    ]
    public = own.replace(parameters=parameters)

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> R:
        given = public.bind(*args, **kwargs).arguments
        chosen = {name: given.pop(name) for name in options.parameters if name in given}
        return function(**given, settings=settings_of(**chosen))

    wrapped.__signature__ = public  # type: ignore[attr-defined]
    wrapped.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": own.return_annotation}
    return wrapped


def _language_model(
    address: str | None, name: str | None, budget: int | None, calibration: Path | None
) -> LanguageModel | None:
    """Whom to ask for a second opinion, from the options and the environment; None where no address is given."""
    beside = budget is not None or calibration is not None
    if (address is None) != (name is None) or (address is None and beside):
        raise UsageError(
            "--llm ADDRESS and --llm-model NAME are given together; --llm-budget and --llm-calibration only beside them"
        )
    if address is None:
        return None
    key = os.environ.get("COATMINE_LLM_KEY") or None
    try:
        return LanguageModel.model_validate(
            {"address": address, "name": name, "budget": budget, "calibration": calibration, "key": key}
        )
    except ValidationError as error:
        raise UsageError(
            f"--llm {address} --llm-model {name}: give an address such as http://127.0.0.1:11434/v1, a name"
            " without spaces and, in COATMINE_LLM_KEY, a key of printable characters or none"
        ) from error


def limits_of(given: list[str] | None) -> Limits:
    """The bounds for one file, with those that were given."""
    pairs = [text.partition("=") for text in given or ()]
    try:
        return Limits.model_validate({name.strip(): number for name, _, number in pairs})
    except ValidationError as error:
        names = ", ".join(Limits.model_fields)
        raise UsageError(f"--limit {' '.join(given or ())}: give NAME=NUMBER with a name of {names}") from error


def checked_names(lexicon: Path | None) -> Path | None:
    """Check a folder of names before any work."""
    from pipeline.linking import user_rows

    if lexicon is not None:
        user_rows(lexicon)
    return lexicon


def checked_rules(roles: Path | None) -> Path | None:
    """Check a folder of rules before any work."""
    from pipeline.roles import load_rules

    if roles is not None:
        load_rules(roles)
    return roles
