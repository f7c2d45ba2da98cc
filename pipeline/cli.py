"""The ``coatmine`` command: thin functions over the layers below.

Results go to stdout or files, progress and messages to stderr. Exit codes: 0 every input done, 1 some inputs failed
(all others are delivered), 2 wrong usage.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial, wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

from pipeline.children import memory_is_limited
from pipeline.errors import CoatmineError, ProcessError, ReadError, UnreachedError, UsageError
from pipeline.options import (
    About,
    AsJson,
    Database,
    DigestTable,
    Dois,
    Email,
    Files,
    FromReview,
    Given,
    LexiconFolder,
    Library,
    LimitList,
    Manifest,
    Model,
    Ocr,
    Password,
    Raw,
    Replace,
    Roles,
    Since,
    checked_names,
    checked_rules,
    limits_of,
    with_run_options,
)
from pipeline.records import Outcome
from pipeline.settings import Settings, version

if TYPE_CHECKING:
    from pipeline.acquisition import Paper

P = ParamSpec("P")
Made = dict[str, bytes]
"""What is written of a file: contents by the end of the name."""


_HELP = {"help_option_names": ["-h", "--help"]}


def make_app(about: str, *, completion: bool = False) -> typer.Typer:
    """A command line with plain help and plain errors."""
    return typer.Typer(
        help=about,
        context_settings=_HELP,
        no_args_is_help=True,
        add_completion=completion,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


app = make_app(
    "Mine papers on membrane-coated nanoparticles into records that can be checked. Works offline.", completion=True
)
gold_app = typer.Typer(help="Make and check gold sets.", no_args_is_help=True)
app.add_typer(gold_app, name="gold")
benchmark_app = typer.Typer(help="A public benchmark: texts with gold annotations.", no_args_is_help=True)
app.add_typer(benchmark_app, name="benchmark")
roles_app = typer.Typer(help="Check and explain the rules that decide the role of a name.", no_args_is_help=True)
app.add_typer(roles_app, name="roles")
headings_app = typer.Typer(help="Check and explain what headings of table columns mean.", no_args_is_help=True)
app.add_typer(headings_app, name="headings")

Out = Annotated[Path, typer.Option("--out", help="Folder for the results; created if it does not exist.")]


class LogFormat(StrEnum):
    """The format of progress."""

    text = "text"
    json = "json"


def main() -> None:
    """Entry point of the console script."""
    app()


def plainly(function: Callable[P, None]) -> Callable[P, None]:
    """Turn the errors that are meant for the user into a message and an exit code."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except ReadError as error:
            say(f"{error.status}: {error.message}")
            raise typer.Exit(1) from error
        except CoatmineError as error:
            say(f"coatmine: {error}")
            raise typer.Exit(1 if isinstance(error, ProcessError | UnreachedError) else 2) from error

    return wrapped


def say(message: str, *, err: bool = True) -> None:
    """Print a message, in which the names of files may be anything: nothing in it acts on the terminal."""
    from pipeline.export.text import seen

    typer.echo(seen(message), err=err)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _printed_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"coatmine {version()}")
        raise typer.Exit


@app.callback()
@plainly
def _root(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="File with default options. Default: coatmine.toml in this folder.")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_printed_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    from pipeline import config as configuration

    context.default_map = configuration.defaults(context.command, config)


class DocumentFormat(StrEnum):
    """How a document is written."""

    json = "json"
    md = "md"
    html = "html"


@app.command()
@plainly
def read(
    files: Files,
    out: Out,
    formats: Annotated[
        list[DocumentFormat] | None,
        typer.Option("--format", help="json (NAME.document.json, the default), md or html; may be given again."),
    ] = None,
    debug_tables: Annotated[
        bool, typer.Option("--debug-tables", help="Draw the tables that were found: NAME.table-1.png (PDF only).")
    ] = False,
    ocr: Ocr = False,
    password: Password = None,
    limit: LimitList = None,
) -> None:
    """Read papers into documents: NAME.document.json per input, or Markdown or HTML."""
    from pipeline import readers
    from pipeline.document import Document
    from pipeline.export import articles, table_pictures

    writers: dict[DocumentFormat, tuple[str, Callable[[Document], str]]] = {
        DocumentFormat.json: (".document.json", lambda document: document.to_json() + "\n"),
        DocumentFormat.md: (".md", articles.to_markdown),
        DocumentFormat.html: (".html", articles.to_html),
    }
    wanted = [writers[each] for each in formats or [DocumentFormat.json]]

    settings = Settings.model_validate({"ocr": ocr, "password": password, "limits": limits_of(limit)})
    with readers.Reader(settings.limits, settings.secret, ocr=settings.ocr, tell=say) as reader:

        def write(path: Path) -> Made:
            document = reader.read(path)
            made = {suffix: writer(document).encode() for suffix, writer in wanted}
            if debug_tables and document.pages:
                made |= {f".{name}.png": data for name, data in table_pictures.table_pictures(path, document)}
            return made

        _each([each for file in files for each in readers.members(file)], out, wanted[0][0], write)


@app.command()
@plainly
def annotate(
    files: Files,
    out: Out,
    model: Model = None,
    lexicon: LexiconFolder = None,
    roles: Roles = None,
    password: Password = None,
    limit: LimitList = None,
) -> None:
    """Find the names in papers: NAME.mentions.jsonl per input."""
    from pipeline import readers, workers
    from pipeline.folder import RunFolder

    files = [each for file in files for each in readers.members(file)]
    settings = Settings.model_validate(
        {
            "model": model,
            "lexicon": checked_names(lexicon),
            "roles": checked_rules(roles),
            "password": password,
            "limits": limits_of(limit),
        }
    )
    with (
        TemporaryDirectory(prefix="coatmine-") as work,
        closing(workers.process(files, Path(work), settings, last="annotate")) as done,
    ):
        store = RunFolder(Path(work)).store

        def mentions(_: Path) -> Made:
            each = next(done)
            if each.outcome.status != "ok":
                raise ReadError(each.outcome.status, each.outcome.message)
            return {".mentions.jsonl": store.need("annotate", each.keys["annotate"])}

        _each(files, out, ".mentions.jsonl", mentions)


def _each(files: list[Path], out: Path, suffix: str, make: Callable[[Path], Made]) -> None:
    """Write what is made of each file, by suffix of its name, in their order; a file that fails costs only itself."""
    from pipeline.folder import output_name, write_atomically

    by_name: dict[str, Path] = {}
    for path in files:
        if (other := by_name.setdefault(path.stem, path)) != path:
            raise UsageError(
                f"{other} and {path} would both be written to {output_name(path.stem, suffix)}; rename one"
            )
    failed = 0
    for path in files:
        try:
            made = make(path)
        except ReadError as error:
            failed += 1
            say(f"{error.status}: {error.message}")
            continue
        for each, data in made.items():
            target = out / output_name(path.stem, each)
            write_atomically(target, [data])
            typer.echo(os.fsencode(target))  # as it is on disk, so that a pipe can go on with it
    if failed:
        raise typer.Exit(1)


def _place(where: str) -> Path:
    """The folder or file that a text names, on this machine or elsewhere."""
    from pipeline.folder import place

    try:
        return place(where)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from error


@app.command()
@plainly
@with_run_options
def extract(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            parser=_place,
            help="Papers (.pdf, .xml, .nxml, .html, .docx, .md, .txt), or folders to search for them; or URLs.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(metavar="PATH", parser=_place, help="Folder for the results, or URL such as s3://bucket/run."),
    ],
    settings: Settings,
    force: Annotated[bool, typer.Option("--force", help="Run every stage again, even where results exist.")] = False,
    replace: Replace = False,
    password: Password = None,
    log_format: Annotated[LogFormat, typer.Option(help="Format of progress on stderr.")] = LogFormat.text,
    as_json: AsJson = False,
) -> None:
    """Extract records from papers: records.jsonl, records.csv, mentions.jsonl, documents.jsonl, report.html."""
    from pipeline import run

    settings = settings.with_password(password)
    if not memory_is_limited():
        say("this system does not limit a process's memory: papers are bounded in time only")
    with _progress(log_format) as progress:
        tell = partial(_tell_asked, log_format)
        summary = run.extract(paths, out, settings, force=force, replace=replace, progress=progress, tell=tell)
    if log_format is LogFormat.json:
        done = {name: value for name, value in summary.as_dict().items() if name != "documents"}
        say(_json_line("warning" if summary.failed else "info", "summary", done))
    if as_json:
        _print_json(summary.as_dict())
    else:
        say(summary.as_text(), err=False)
        if settings.bibliography:
            known = sum(outcome.citekey is not None for outcome in summary.outcomes)
            say(f"{known} of {summary.inputs} papers found in {settings.bibliography}", err=False)
    if summary.failed:
        raise typer.Exit(1)


@contextmanager
def _progress(log_format: LogFormat) -> Iterator[Callable[[Outcome, int, int], None]]:
    """A bar on a terminal, plain lines otherwise, JSON Lines on request; all on stderr."""
    if log_format is LogFormat.json:
        yield lambda outcome, done, total: say(_outcome_line(outcome, done, total))
        return
    if not sys.stderr.isatty():
        yield tell_mined
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from pipeline.export.text import seen

    pages = 0
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[pages]} pages"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("papers", total=None, pages=pages)

        def advance(outcome: Outcome, done: int, total: int) -> None:
            nonlocal pages
            pages += outcome.pages
            bar.update(task, completed=done, total=total, pages=pages)
            if outcome.status != "ok":
                bar.console.print(escape(seen(line_of(outcome))))

        yield advance


def _tell_asked(log_format: LogFormat, message: str) -> None:
    say(_json_line("info", "llm", {"message": message}) if log_format is LogFormat.json else message)


def _outcome_line(outcome: Outcome, done: int, total: int) -> str:
    level = "info" if outcome.status == "ok" else "warning"
    return _json_line(level, "document", {"done": done, "total": total, **outcome.model_dump(mode="json")})


def _json_line(level: str, event: str, what: dict[str, Any]) -> str:
    """One line for a log collector; the time is UTC."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": now, "level": level, "event": event, **what}, ensure_ascii=False)


def line_of(outcome: Outcome) -> str:
    """The outcome of an input, in a line."""
    if outcome.status != "ok":
        return f"{outcome.status}: {outcome.message}"
    done = f"{outcome.source}: {outcome.pages} pages, {outcome.mentions} mentions, {outcome.records} records"
    return f"{done}; {outcome.message}" if outcome.message else done


@gold_app.command("build")
@plainly
def gold_build(
    review: Annotated[Path, typer.Argument(help="A review with tables of studies, .pdf or .txt")],
    out: Out,
    model: Model = None,
) -> None:
    """Draft a gold set from a review's tables, for a curator to check."""
    from pipeline import run

    typer.echo(str(run.build_gold(review, out, Settings(channels=("table",), model=model))))


@gold_app.command("check")
@plainly
def gold_check(
    folder: Annotated[Path, typer.Argument(help="A gold set's folder.")],
    as_json: AsJson = False,
) -> None:
    """Find rows of a gold set that are missing, duplicate, unlinked or out of vocabulary."""
    from pipeline import evaluation

    problems = evaluation.check(folder)
    if as_json:
        _print_json([problem.model_dump() for problem in problems])
    else:
        for problem in problems:
            typer.echo(str(problem))
        typer.echo(f"{folder}: {len(problems)} problems")
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


@benchmark_app.command("write")
@plainly
def benchmark_write(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder, or one with an earlier version.")],
) -> None:
    """Write the benchmark as one folder: texts, gold, datasheet, schemas, checksums. Works in a clone only."""
    from pipeline.evaluation import benchmark

    written = benchmark.write_benchmark(folder)
    if not benchmark.is_released(written):
        say("these files are not those of the released version; a change asks for a new one (docs/benchmark.md)")
    typer.echo(f"{folder}: {len(written)} files")


@benchmark_app.command("check")
@plainly
def benchmark_check(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The benchmark's folder.")],
    as_json: AsJson = False,
) -> None:
    """Check a benchmark folder against its checksums, and list its contents."""
    from pipeline.evaluation import benchmark

    given = benchmark.load_benchmark(folder)
    if as_json:
        _print_json(benchmark.contents(given))
    else:
        typer.echo(benchmark.contents_as_text(given))


class System(StrEnum):
    """What makes predictions."""

    dictionary = "dictionary"
    nearest = "nearest"
    rules = "rules"
    pipeline = "pipeline"


SplitName = Annotated[list[str] | None, typer.Option("--split", help="train, dev, test or real; may be given again.")]


@benchmark_app.command("predict")
@plainly
def benchmark_predict(
    system: Annotated[System, typer.Argument(help="A baseline, or the pipeline itself.")],
    folder: Annotated[Path, typer.Option("--benchmark", metavar="FOLDER", help="The benchmark's folder.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File of predictions to write (JSON Lines).")],
    split: SplitName = None,
    file: Annotated[
        list[str] | None,
        typer.Option(
            "--file", metavar="ID=PATH", help="A document that is elsewhere, or a folder of such; may be given again."
        ),
    ] = None,
) -> None:
    """Write the predictions of a baseline, or of the pipeline, on the benchmark's documents. Default: the split dev."""
    from pipeline import predictors
    from pipeline.evaluation import benchmark

    given = benchmark.load_benchmark(folder)
    wanted = [d for name in benchmark.splits_of(split or ["dev"]) for d in benchmark.of_split(given.documents, name)]
    found = predictors.predict(given, wanted, [system.value], predictors.files_of(file or ()), say)
    benchmark.write_predictions(found[system.value], out)
    typer.echo(f"{out}: {len(found[system.value])} documents")


@roles_app.command("check")
@plainly
def roles_check(roles: Roles = None, as_json: AsJson = False) -> None:
    """Test every rule on roles, and every context and shape by which names are found, on its own examples."""
    from pipeline.roles import check, check_recognition, load_rules, shipped_recognition

    rules, recognition = load_rules(*([roles] if roles else [])), shipped_recognition()
    failures = [*check(rules), *check_recognition(recognition)]
    examples = sum(len(rule.yes) + len(rule.no) for rule in rules.rules)
    examples += sum(len(rule.yes) + len(rule.no) for rule in recognition.rules.values())
    examples += sum(len(shape.yes) + len(shape.no) for shape in recognition.shapes.values())
    counts = {
        "rules": len(rules.rules),
        "contexts": len(recognition.rules),
        "shapes": len(recognition.shapes),
        "examples": examples,
    }
    if as_json:
        _print_json({**counts, "failures": [failure._asdict() for failure in failures]})
    else:
        for failure in failures:
            typer.echo(str(failure))
        listed = ", ".join(f"{count} {name}" for name, count in counts.items())
        typer.echo(f"{listed}, {len(failures)} failures")
    if failures:
        raise typer.Exit(1)


@roles_app.command("explain")
@plainly
def roles_explain(
    sentence: Annotated[str, typer.Argument(metavar="SENTENCE", help="A sentence, in quotation marks.")],
    model: Model = None,
    roles: Roles = None,
    as_json: AsJson = False,
) -> None:
    """Show the names of a sentence, their roles, and the rules that matched with their reasons."""
    from pipeline import ner
    from pipeline.roles import load_rules

    rules = load_rules(*([roles] if roles else []))
    explained = ner.explain(sentence, ner.load(model, roles), rules)
    if as_json:
        _print_json([one.as_dict() for one in explained])
        return
    for one in explained:
        typer.echo(one.as_text())
    if not explained:
        typer.echo("no names in it; its names must be known to the lexicons, or given by --model")


@headings_app.command("check")
@plainly
def headings_check() -> None:
    """Test every rule on headings of table columns on its own examples."""
    from pipeline.tabular.columns import check_headings, heading_rules

    rules, failures = heading_rules(), check_headings()
    for failure in failures:
        typer.echo(failure)
    examples = sum(len(rule.yes) + len(rule.no) for rule in rules)
    typer.echo(f"{len(rules)} rules, {examples} examples, {len(failures)} failures")
    if failures:
        raise typer.Exit(1)


@headings_app.command("explain")
@plainly
def headings_explain(
    headings: Annotated[list[str], typer.Argument(metavar="HEADING...", help="Headings, each in quotation marks.")],
) -> None:
    """Show which field each heading names, and by which rule; where none does, the cells of the column decide."""
    from pipeline.tabular.columns import heading_rules, rule_of_heading

    for heading in headings:
        number = rule_of_heading(heading)
        if number is None:
            typer.echo(f"{heading}: no rule; the cells of the column decide")
            continue
        rule = heading_rules()[number]
        said = "settles it" if rule.strength == 2 else "it may be; the cells and the other columns decide"
        typer.echo(f"{heading}: {rule.field} (rule {number + 1}: {said})")


@app.command()
@plainly
def evaluate(
    predictions: Annotated[
        Path,
        typer.Option(
            "--predictions", help="The output folder of `coatmine extract`; with --benchmark a file of predictions."
        ),
    ],
    gold: Annotated[Path | None, typer.Option("--gold", help="A gold set's folder.")] = None,
    benchmark: Annotated[Path | None, typer.Option("--benchmark", help="The benchmark's folder.")] = None,
    split: SplitName = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for scores.json, errors.csv, report.html.")] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", help="Another run, or file of predictions, to compare with; may be given again."),
    ] = None,
    baselines: Annotated[bool, typer.Option("--baselines", help="Compare with three simple methods.")] = False,
    fail_under: Annotated[
        list[str] | None,
        typer.Option("--fail-under", metavar="FIELD=F1", help="Exit with 1 if F1 is lower, as text.micro=0.8."),
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Add the scores to the run's report.html.")] = False,
    as_json: AsJson = False,
) -> None:
    """Score records against a gold set, per field and channel, or predictions on the benchmark."""
    from pipeline import evaluation, export, run
    from pipeline.folder import RunFolder

    if benchmark is not None:
        alone = not any((gold, baselines, fail_under, show))
        _evaluate_on_benchmark(benchmark, predictions, split, out, against, as_json=as_json, alone=alone)
        return
    if gold is None or split:
        raise UsageError("name a gold set with --gold, or a benchmark with --benchmark (only that has splits)")
    if out and out.resolve() == predictions.resolve():
        raise UsageError(
            f"--out {out}: the run's own report.html stands there; choose another, such as {out / 'scores'}"
        )
    thresholds = [evaluation.Threshold.parse(text) for text in fail_under or ()]
    others = list(against or ())
    if baselines:
        if out is None:
            raise UsageError("--baselines needs --out: the baseline runs are kept there, in baselines/")
        others += run.baselines(predictions, out / "baselines")
    report = evaluation.evaluate(gold, predictions, out, others)
    if show:
        export.write_report(RunFolder(predictions), scores=[report.as_dict()])
    if as_json:
        _print_json(report.as_dict())
    else:
        typer.echo(report.as_text())
    if short := evaluation.shortfalls(report.scores, thresholds):
        for line in short:
            say(line)
        raise typer.Exit(1)


def _evaluate_on_benchmark(
    folder: Path,
    predictions: Path,
    split: list[str] | None,
    out: Path | None,
    against: list[Path] | None,
    *,
    as_json: bool,
    alone: bool,
) -> None:
    from pipeline.evaluation import benchmark

    if not alone:
        raise UsageError("--benchmark goes with --predictions, --split, --against, --out and --json alone")
    report = benchmark.evaluate(folder, predictions, benchmark.splits_of(split or ()), out, against or ())
    if as_json:
        _print_json(report.as_dict())
    else:
        typer.echo(report.as_text())


@app.command()
@plainly
def calibrate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of `coatmine extract --llm`.")],
    gold: Annotated[Path, typer.Option("--gold", help="A gold set on the same papers.")],
    out: Annotated[Path, typer.Option("--out", help="The file for --llm-calibration; an existing file is updated.")],
) -> None:
    """Measure on papers with gold how often a language model's second opinion is correct."""
    from pipeline import calibration

    typer.echo(calibration.as_text(calibration.calibrate(folder, gold, out)))


@app.command()
@plainly
def load(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of `coatmine extract`.")],
    to: Annotated[str, typer.Option("--to", help="Database URL, such as sqlite:///coatmine.db")],
    as_json: AsJson = False,
) -> None:
    """Load a run into a database; loading it again changes nothing."""
    from pipeline import export

    summary = export.load_database(folder, to)
    if as_json:
        _print_json(summary.as_dict())
    else:
        typer.echo(summary.as_text())


def _formats_help() -> str:
    """The formats, a line each."""
    from pipeline.export.formats import FORMATS

    return "One of: " + "; ".join(f"{name} ({what})" for name, what in FORMATS.items())


@app.command()
@plainly
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of `coatmine extract`.")],
    format_name: Annotated[str, typer.Option("--format", help=_formats_help())],
    out: Annotated[Path | None, typer.Option("--out", help="Default: DIR/export/FORMAT.")] = None,
    raw: Raw = False,
) -> None:
    """Write a run in the format of another tool, with curators' decisions applied."""
    from pipeline import export as exporting

    for path in exporting.export(folder, format_name, out or exporting.default_folder(folder, format_name), raw=raw):
        typer.echo(str(path))


@app.command()
@plainly
def doctor(as_json: AsJson = False) -> None:
    """Show what is installed and run one page through all stages."""
    from pipeline import doctor as examining

    diagnosis = examining.examine()
    if as_json:
        _print_json(diagnosis.as_dict())
    else:
        typer.echo(diagnosis.as_text())
    if not diagnosis.well:
        raise typer.Exit(1)


@app.command()
@plainly
def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of `coatmine extract`.")],
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help="Write this format too, into DIR/export; may be given again."),
    ] = None,
    raw: Raw = False,
    as_json: AsJson = False,
) -> None:
    """Write a run's tables, report and exports again, with curators' decisions applied."""
    from pipeline import export as exporting

    done = exporting.publish(folder, formats or (), raw=raw)
    if as_json:
        _print_json(done.as_dict())
    else:
        typer.echo(done.as_text())
    if done.failed:
        raise typer.Exit(1)


@app.command()
@plainly
def review(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of `coatmine extract`.")],
    curator: Annotated[str | None, typer.Option(help="Name for your decisions. Default: the account's.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 0,
    adjudicate: Annotated[bool, typer.Option("--adjudicate", help="Settle values on which curators differ.")] = False,
    listen: Annotated[
        str, typer.Option(help="Address to listen on. In a container 0.0.0.0, its port published to 127.0.0.1 only.")
    ] = "127.0.0.1",
) -> None:
    """Open the curation app in the browser, on this machine only."""
    from pipeline import curation

    curation.serve(folder, curator or getpass.getuser(), port=port, adjudicate=adjudicate, listen=listen)


@app.command()
@plainly
def acquire(
    dois: Dois = None,
    manifest: Manifest = None,
    review: FromReview = None,
    bibliography: Library = None,
    out: Out = Path("papers"),
    email: Email = None,
    given: Given = None,
    as_json: AsJson = False,
) -> None:
    """Download open-access copies of papers. Opens connections, as only watch and extract --llm do, too."""
    from pipeline import acquisition

    wanted = wanted_dois(dois, manifest, review, bibliography)
    settings = acquisition.AcquisitionSettings.given(given or (), email)
    report = acquisition.acquire(wanted, out, settings, tell_paper)
    if as_json:
        _print_json(report.as_dict())
    else:
        typer.echo(report.as_text())
    if report.missing:
        raise typer.Exit(1)


@app.command()
@plainly
@with_run_options
def watch(
    about: About,
    out: Annotated[Path, typer.Option(metavar="PATH", parser=_place, help="Folder for papers, results and digests.")],
    settings: Settings,
    since: Since = None,
    csv: DigestTable = False,
    database: Database = None,
    email: Email = None,
    given: Given = None,
    as_json: AsJson = False,
) -> None:
    """Find new papers, download and mine them, and report what is new: digest.html, digest.atom. Opens connections."""
    from pipeline import watching

    report = watching.watch(
        about, out, watching.WatchSettings.given(given or (), email), settings, since=since and since.date(), csv=csv,
        database=database, tell=say, progress=tell_paper, mined=tell_mined,
    )  # fmt: skip
    if as_json:
        _print_json(report.as_dict())
    else:
        say(report.as_text(), err=False)
    if report.failed:
        raise typer.Exit(1)


def tell_paper(paper: Paper, done: int, total: int) -> None:
    """Say the outcome of a paper that was wanted."""
    say(f"[{done}/{total}] {paper.status}: {paper.doi}")


def tell_mined(outcome: Outcome, done: int, total: int) -> None:
    """Say the outcome of a paper that was mined."""
    say(f"[{done}/{total}] {line_of(outcome)}")


def wanted_dois(
    dois: list[str] | None, manifest: Path | None, review: Path | None, bibliography: Path | None
) -> list[str]:
    """The DOIs that are named, and those of the files that are."""
    from pipeline import acquisition, readers

    wanted = list(dois or ())
    if manifest:
        wanted += acquisition.dois_from_manifest(manifest)
    if bibliography:
        wanted += acquisition.dois_from_bibliography(bibliography, say)
    if review:
        with readers.Reader() as reader:
            wanted += acquisition.dois_of_references(reader.read(review))
    return wanted


@app.command()
@plainly
def train(
    out: Out,
    marked: Annotated[list[Path], typer.Option("--marked", help="Annotated texts to train on; may be given again.")],
    dev: Annotated[list[Path], typer.Option("--dev", help="Other such texts, to choose the weights on.")],
    data: Annotated[Path | None, typer.Option("--data", help="Folder with the public corpora. Default: none.")] = None,
    recipe: Annotated[Path | None, typer.Option(help="Folder with the recipe. Default: the shipped one.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Updates to make. Default: the recipe's.")] = None,
) -> None:
    """Train the pipeline's ner on annotated texts, and on public corpora if given."""
    from pipeline import stages

    typer.echo(str(stages.train(marked, dev, out, data=data, recipe=recipe, steps=steps)))


if __name__ == "__main__":
    main()
