"""coatmine as Prefect flows: for schedules, retries, the UI and more than one machine. Wiring only.

    python flows.py mine PATH... --out DIR [--gold DIR]... [--database URL] [--dask ADDRESS]
    python flows.py extract | build_gold | evaluate | publish | acquire | train | watch  --help
    python flows.py serve --watch DIR --out DIR

Without a Prefect server at hand a run starts one of its own on loopback, which takes 10 to 25 seconds; ``serve`` starts
one that stays. The ``coatmine`` command runs the same functions without any server. docs/operations.md tells more.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Literal

ROOT = Path(__file__).resolve().parent

os.environ["PYTHONSAFEPATH"] = "1"  # no process started here or by Prefect imports from the current folder

# Prefect reads its settings when it is imported.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_HOME", str(ROOT / ".prefect"))
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")  # what fails is told below, in a line

import httpx  # noqa: E402
import prefect  # noqa: E402
import typer  # noqa: E402
from prefect import flow, get_run_logger, task  # noqa: E402
from prefect.artifacts import create_table_artifact  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.client.schemas.objects import ConcurrencyLimitConfig  # noqa: E402
from prefect.exceptions import ParameterTypeError, PrefectException  # noqa: E402
from prefect.runtime import task_run  # noqa: E402
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_LEVEL, temporary_settings  # noqa: E402
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner  # noqa: E402
from pydantic import BaseModel, ConfigDict, Field  # noqa: E402
from sqlalchemy.exc import OperationalError  # noqa: E402

from pipeline import acquisition, evaluation, export, readers, run, workers  # noqa: E402
from pipeline.errors import CoatmineError, UsageError  # noqa: E402
from pipeline.folder import RunFolder, is_remote, place, write_atomically  # noqa: E402
from pipeline.records import Outcome  # noqa: E402
from pipeline.settings import Settings  # noqa: E402
from pipeline.stages import Done, Stage  # noqa: E402

_AHEAD = 4  # batches under way per worker of a cluster; more only wait in memory

# What the flows take: one description for the command line, for Prefect's form and for the check of what is given.
Papers = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Papers, and folders of them."), Field(min_length=1)
]
Out = Annotated[str, typer.Option(help="The run's folder, or URL such as s3://bucket/run."), Field(min_length=1)]
Gold = Annotated[list[str] | None, typer.Option(help="A gold set to score against; may be given again.")]
Database = Annotated[str | None, typer.Option(help="URL of a database to load the run into.")]
Channels = Annotated[
    str,
    typer.Option(help="Where values may come from: table, text or both."),
    Field(pattern="^(table|text|table,text)$"),
]
Model = Annotated[str | None, typer.Option(help="spaCy model, by name or path. Default: the shipped one.")]
Jobs = Annotated[int | None, typer.Option(help="Worker processes on this machine."), Field(ge=1)]
Dask = Annotated[str | None, typer.Option(help="Address of a Dask scheduler whose workers are to work.")]
Batch = Annotated[int, typer.Option(help="Papers in a task."), Field(ge=1)]
Replace = Annotated[bool, typer.Option("--replace", help="Drop the papers that OUT holds and this call does not name.")]
Wait = Annotated[float, typer.Option(help="Seconds to wait for another run on the folder."), Field(ge=0)]


class Job(BaseModel):
    """What the tasks of a run have in common."""

    model_config = ConfigDict(frozen=True)

    out: str
    settings: Settings
    total: int


def _quick(name: str) -> Any:
    # Neither cached nor retried: results stand in the run's folder, and what cannot be read cannot be read in a second.
    return task(name=name, cache_policy=NO_CACHE, persist_result=False)


@_quick("read")
def read(papers: list[str], first: int, job: Job) -> list[Done]:
    """Turn files into documents."""
    return _stage("read", [Done(Outcome(source=paper, status="ok")) for paper in papers], first, job)


@_quick("annotate")
def annotate(done: list[Done], first: int, job: Job) -> list[Done]:
    """Find the names in the documents that could be read."""
    return _stage("annotate", done, first, job)


@_quick("assemble")
def assemble(done: list[Done], first: int, job: Job) -> list[Done]:
    """Make records of the mentions."""
    return _stage("assemble", done, first, job)


def _stage(stage: Stage, before: list[Done], first: int, job: Job) -> list[Done]:
    ready = [place(each.outcome.source) for each in before if each.outcome.status == "ok"]
    results = iter(workers.on_residents(ready, place(job.out), job.settings, stage))
    done = []
    for number, each in enumerate(before, first):
        if each.outcome.status == "ok":
            now = next(results)
            what = now.outcome.source if now.outcome.status == "ok" else f"{now.outcome.status}: {now.outcome.message}"
            _say(f"[{stage} {number}/{job.total}] {what}")
            spent = {name: now.seconds.get(name, 0) + each.seconds.get(name, 0) for name in now.seconds | each.seconds}
            each = replace(now, seconds=spent)  # noqa: PLW2901
        done.append(each)
    return done


@task(cache_policy=NO_CACHE, persist_result=False)
def score(gold: str, out: str) -> str:
    """Score a run's records against a gold set; the table of scores, which Prefect shows as an artifact."""
    folder, gold_folder = place(out), Path(gold)
    report = evaluation.evaluate(gold_folder, folder, folder / "scores" / gold_folder.name)
    rows = [
        {"channel": each["channel"] or "both", "field": name, "precision": f["precision"], "recall": f["recall"],
         "f1": f["f1"], "right": f["tp"], "wrong": f["fp"], "missed": f["fn"]}
        for each in report.as_dict()["scores"] if not each["audited"]
        for name, f in each["figures"]["normalised"].items()
    ]  # fmt: skip
    _artifact(f"scores-{gold_folder.name}", rows, f"{out} against {gold}, normalised names")
    return report.as_text()


def _scores(gold: list[str], out: str) -> list[str]:
    """Score a run against gold sets, and show the scores in its report."""
    tables = [score(each, out) for each in gold]
    if gold:
        told = [(place(out) / "scores" / Path(each).name / "scores.json").read_text() for each in gold]
        export.write_report(RunFolder(place(out)), scores=[json.loads(each) for each in told])
    return tables


class UnreachedError(CoatmineError):
    """Some papers could not be asked for; to try again may help."""


def _may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Whether what failed is a network or a database that was away, and not what is wrong in the second attempt too."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, UnreachedError) or isinstance(getattr(error, "__cause__", None), OperationalError)


@task(retries=2, retry_delay_seconds=5, retry_condition_fn=_may_pass, cache_policy=NO_CACHE, persist_result=False)
def load(out: str, database: str) -> str:
    """Load a run into a database; loading it again changes nothing."""
    if is_remote(folder := place(out)):
        raise UsageError(f"{out}: copy the run's folder to this machine first, then load it")
    return export.load_database(folder, database).as_text()


# The client itself asks a service again; this is for a network that was away. What came is not asked for again.
@task(retries=2, retry_delay_seconds=30, retry_condition_fn=_may_pass, cache_policy=NO_CACHE, persist_result=False)
def bring(dois: list[str], out: str, settings: acquisition.AcquisitionSettings) -> acquisition.AcquisitionReport:
    """Bring open-access copies of papers."""
    report = acquisition.acquire(
        dois, Path(out), settings, lambda paper, done, total: _say(f"[{done}/{total}] {paper.status}: {paper.doi}")
    )
    unreached = sum(paper.status == "failed" for paper in report.papers)
    if unreached and task_run.run_count <= (bring.retries or 0):
        raise UnreachedError(f"{unreached} of {len(report.papers)} papers could not be asked for")
    return report


@flow
def mine(
    papers: Papers, out: Out, gold: Gold = None, database: Database = None, channels: Channels = "table,text",
    model: Model = None, jobs: Jobs = None, dask: Dask = None, batch: Batch = 50, wait: Wait = 0,
    replace: Replace = False,
) -> run.Summary:  # fmt: skip
    """Papers in; records, scores and a database out. By default the database is a SQLite file in ``out``."""
    if database is None and isinstance(folder := place(out), Path):
        database = f"sqlite:///{folder / 'coatmine.db'}"
    with RunFolder(place(out)).locked(wait):
        summary = _extract(papers, out, _settings(channels, model, jobs), dask, batch, replace=replace)
        tables = _scores(gold or [], out)
        loaded = [load(out, database)] if database else []
    _print(*tables, summary.as_text(), *loaded)
    return summary


@flow
def extract(
    papers: Papers, out: Out, channels: Channels = "table,text", model: Model = None, jobs: Jobs = None,
    dask: Dask = None, batch: Batch = 50, wait: Wait = 0,
    replace: Replace = False,
) -> run.Summary:  # fmt: skip
    """Papers in, records out."""
    with RunFolder(place(out)).locked(wait):
        summary = _extract(papers, out, _settings(channels, model, jobs), dask, batch, replace=replace)
    _print(summary.as_text())
    return summary


@flow
def watch(
    folder: Annotated[str, typer.Argument(help="Papers are dropped here.")], out: Out, gold: Gold = None,
    database: Database = None, channels: Channels = "table,text", model: Model = None, jobs: Jobs = None,
    settle: Annotated[float, typer.Option(help="Seconds a file must have been left alone."), Field(ge=0)] = 10,
) -> run.Summary | None:  # fmt: skip
    """Mine what is new in a folder; when nothing is, do nothing. For a schedule: each paper is mined once."""
    known = place(out) / ".coatmine" / "watched.json"
    papers = {}
    for path in run.discover([place(folder)], place(out)):
        if path.is_file() and time.time() - (about := path.stat()).st_mtime >= settle:
            papers[str(path)] = [about.st_size, about.st_mtime]
    before = json.loads(known.read_bytes()) if known.is_file() else {}
    if all(before.get(name) == about for name, about in papers.items()):
        _say(f"{folder}: nothing new")
        return None
    summary = mine.fn(list(papers), out, gold, database, channels, model, jobs, wait=3600)
    write_atomically(known, [json.dumps(papers).encode()])
    return summary


@flow
def build_gold(
    review: Annotated[str, typer.Argument(help="A review with tables of studies, .pdf or .txt")],
    out: Out,
    model: Model = None,
) -> None:
    """Draft a gold set from a review's tables; a curator then checks it against the page."""
    _print(str(run.build_gold(Path(review), Path(out), Settings(channels=("table",), model=model))))


@flow
def evaluate(
    gold: Annotated[list[str], typer.Argument(metavar="GOLD..."), Field(min_length=1)],
    predictions: Annotated[str, typer.Option(help="The run's folder.")],
) -> None:
    """Score a run's records against gold sets."""
    _print(*_scores(gold, predictions))


@flow
def publish(
    folder: Annotated[str, typer.Argument(help="The run's folder.")],
    database: Database = None,
    formats: Annotated[list[str] | None, typer.Option("--format", help="As of coatmine export.")] = None,
) -> None:
    """Load a run into a database, and write it in the formats of other tools."""
    if not database and not formats:
        raise UsageError("nothing to do: give --database URL or --format NAME")
    for name in formats or []:
        _print(*(str(path) for path in export.export(Path(folder), name, Path(folder) / "export" / name)))
    if database:
        _print(load(folder, database))


@flow
def acquire(
    dois: Annotated[list[str] | None, typer.Argument(metavar="DOI...")] = None,
    manifest: Annotated[str | None, typer.Option(help="CSV file with a column doi.")] = None,
    review: Annotated[str | None, typer.Option("--from", help="A review whose references are wanted.")] = None,
    bibliography: Annotated[str | None, typer.Option(help="A .bib, .ris, CSL .json or Zotero .csv file.")] = None,
    out: Out = "papers",
    email: Annotated[str | None, typer.Option(help="Told to the services.")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="As of coatmine.")] = None,
) -> acquisition.AcquisitionReport:
    """Bring open-access copies of papers. The only flow that opens a connection to the outside."""
    wanted = list(dois or [])
    if manifest:
        wanted += acquisition.dois_from_manifest(Path(manifest))
    if review:
        with readers.Reader(Settings().limits) as reader:
            wanted += acquisition.dois_of_references(reader.read(review))
    if bibliography:
        wanted += acquisition.dois_from_bibliography(Path(bibliography))
    report = bring(wanted, out, acquisition.AcquisitionSettings.given(settings or (), email))
    _print(report.as_text())
    return report


@flow
def train(
    data: Annotated[str, typer.Option(help="Folder with the corpora and vocabularies.")],
    out: Out,
    recipe: Annotated[str | None, typer.Option(help="Folder with the recipe. Default: the shipped one.")] = None,
    final: Annotated[bool, typer.Option("--final", help="Train on the development splits too.")] = False,
    steps: Annotated[int | None, typer.Option(help="Updates to make."), Field(ge=1)] = None,
) -> None:
    """Train the recognition model anew from annotated corpora."""
    from pipeline.ner import training

    source = Path(recipe) if recipe else None
    _print(str(training.train(Path(data), Path(out), recipe=source, final=final, steps=steps, report=_say)))


FLOWS = (mine, extract, build_gold, evaluate, publish, acquire, train, watch)


def _settings(channels: str, model: str | None, jobs: int | None) -> Settings:
    wanted: tuple[Literal["table", "text"], ...] = ("table", "text")
    return Settings(channels=tuple(each for each in wanted if each in channels.split(",")), model=model, jobs=jobs)


def _extract(
    papers: list[str], out: str, settings: Settings, dask: str | None, batch: int, *, replace: bool
) -> run.Summary:
    """Read, annotate and assemble in batches, each stage a task; write the outputs as the batches come, in order."""
    work = run.plan((place(paper) for paper in papers), place(out), replace=replace)
    inputs = [str(path) for path in work.inputs]
    jobs = 1 if dask else settings.jobs or workers.sensible_jobs(len(inputs))
    job = Job(out=out, settings=settings.model_copy(update={"jobs": jobs}), total=len(inputs))
    try:
        with _runner(dask) as runner:
            summary = run.publish(place(out), _batches(runner, inputs, batch, job), jobs, work)
    finally:
        workers.dismiss()
    failed = [{"status": status, "documents": count} for status, count in summary.reasons.items()]
    _artifact("failed-documents", failed, f"{len(summary.failed)} of {summary.inputs} documents could not be read")
    return summary


def _batches(runner: TaskRunner[Any], inputs: list[str], batch: int, job: Job) -> Iterator[Done]:
    running: deque[Any] = deque()
    for first in range(0, len(inputs), batch):
        place_in_all = first + 1
        future = runner.submit(read, {"papers": inputs[first : first + batch], "first": place_in_all, "job": job})
        for stage in (annotate, assemble):
            future = runner.submit(stage, {"done": future, "first": place_in_all, "job": job})
        running.append(future)
        if len(running) >= _AHEAD * _workers_of(runner):
            yield from running.popleft().result()
    while running:
        yield from running.popleft().result()


def _runner(dask: str | None) -> TaskRunner[Any]:
    if not dask:
        return ThreadPoolTaskRunner(max_workers=1)  # it hands on to the worker processes
    try:
        from prefect_dask import DaskTaskRunner
    except ImportError as error:
        raise UsageError("--dask needs more packages; install them with coatmine[dask]") from error
    return DaskTaskRunner(address=dask)


def _workers_of(runner: TaskRunner[Any]) -> int:
    return 1 if isinstance(runner, ThreadPoolTaskRunner) else max(1, len(runner.client.nthreads()))


def _artifact(key: str, rows: list[dict[str, Any]], about: str) -> None:
    """Show a table in Prefect; the files of the run hold the same, so it costs nothing where that fails."""
    try:
        create_table_artifact(rows, re.sub(r"[^a-z0-9]+", "-", key.lower()), about)
    except (httpx.HTTPError, PrefectException) as error:
        get_run_logger().warning("no artifact %s: %s", key, error)


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - progress of a script


def _print(*texts: str) -> None:
    for text in texts:
        print(text)  # noqa: T201 - the result of a script


app = typer.Typer(
    help="coatmine as Prefect flows",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _command(run_flow: Callable[..., Any]) -> Callable[..., None]:
    """A flow as a command: exit code 1 where an input failed, 2 for wrong usage."""

    @wraps(run_flow)
    def command(**given: Any) -> None:
        try:
            with _server_of_a_run():
                result = run_flow(**given)
        except (CoatmineError, ParameterTypeError) as error:
            _say(f"flows.py: {error}")
            raise typer.Exit(2) from error
        if isinstance(result, run.Summary) and result.failed:
            raise typer.Exit(1)
        if isinstance(result, acquisition.AcquisitionReport) and result.missing:
            raise typer.Exit(1)

    return command


for each in FLOWS:
    app.command(each.fn.__name__)(wraps(each.fn)(_command(each)))


@app.command()
def serve(
    watched: Annotated[str | None, typer.Option("--watch", help="Folder whose papers are mined as they come.")] = None,
    out: Annotated[str, typer.Option(help="Run folder of the watched folder.")] = "out/watched",
    every: Annotated[int, typer.Option(min=1, help="Seconds between two looks at it.")] = 60,
    port: Annotated[int, typer.Option(help="Port of the server on loopback, if one has to be started.")] = 4200,
) -> None:
    """Serve all flows: start them, see their parameters and schedules in Prefect's UI. Ctrl-C ends it."""
    served = [each.to_deployment("coatmine") for each in FLOWS if each is not watch]
    one_at_a_time = ConcurrencyLimitConfig.model_validate({"limit": 1, "collision_strategy": "CANCEL_NEW"})
    if watched:
        given = {"folder": watched, "out": out}
        served.append(
            watch.to_deployment("coatmine", interval=every, parameters=given, concurrency_limit=one_at_a_time)
        )
    with _server(port) as url, temporary_settings({PREFECT_API_URL: url, PREFECT_LOGGING_LEVEL: "INFO"}):
        _say(f"Prefect's UI: {url.removesuffix('/api')}")
        prefect.serve(*served)


@contextmanager
def _server_of_a_run() -> Iterator[None]:
    """One server for a run and the workers of a cluster, which would else each start one of their own.

    Prefect would start one for the run, too, but leave it behind when the run is killed.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with _server(port, "--no-ui") as url, temporary_settings({PREFECT_API_URL: url}):
        yield


@contextmanager
def _server(port: int, *options: str) -> Iterator[str]:
    """The API of the server that the settings name, or of one that is started here and ended with us."""
    if known := PREFECT_API_URL.value():
        yield known
        return
    url = f"http://127.0.0.1:{port}/api"
    command = [
        sys.executable,
        "-P",
        "-m",
        "prefect",
        "server",
        "start",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        *options,
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=_end_with_parent) as server:  # noqa: S603, PLW1509
        try:
            _await(url, server)
            yield url
        finally:
            server.terminate()


def _end_with_parent() -> None:
    """Have the system end this process when its parent ends, however that comes about (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _await(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit(f"flows.py: the server ended at once; is something else at {url}? Try --port")
        try:
            if httpx.get(f"{url}/health", timeout=2).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise SystemExit(f"flows.py: no answer at {url} within two minutes")


if __name__ == "__main__":
    app()
