"""coatmine as Prefect flows: for schedules, retries, the UI and more than one machine. Wiring only.

    python flows.py mine PATH... --out DIR [--gold DIR]... [--database URL] [--dask ADDRESS]
    python flows.py extract | build_gold | evaluate | publish | acquire | train | watch  --help
    python flows.py serve --watch DIR --out DIR

Without a Prefect server at hand a run starts one of its own on loopback, which takes 10 to 25 seconds; ``serve`` starts
one that stays. The ``coatmine`` command runs the same functions without any server. docs/operations.md tells more.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

from pipeline import serving

serving.prepare(Path(__file__).resolve().parent / ".prefect")

import httpx  # noqa: E402
import prefect  # noqa: E402
import typer  # noqa: E402
from prefect import Flow, flow, get_client, get_run_logger, task  # noqa: E402
from prefect.artifacts import create_table_artifact  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate  # noqa: E402
from prefect.client.schemas.filters import DeploymentFilter, FlowRunFilter  # noqa: E402
from prefect.client.schemas.objects import ConcurrencyLimitConfig  # noqa: E402
from prefect.exceptions import ObjectNotFound, ParameterTypeError, PrefectException  # noqa: E402
from prefect.runtime import task_run  # noqa: E402
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_LEVEL, temporary_settings  # noqa: E402
from prefect.states import Crashed  # noqa: E402
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner  # noqa: E402
from pydantic import BaseModel, ConfigDict, Field  # noqa: E402
from sqlalchemy.exc import OperationalError  # noqa: E402

from pipeline import acquisition, cli, evaluation, export, readers, run, workers  # noqa: E402
from pipeline.cli import Channels, Jobs, LimitList, Model, Raw, Replace, say, settings_of  # noqa: E402
from pipeline.errors import BusyError, CoatmineError, UsageError  # noqa: E402
from pipeline.folder import RunFolder, is_remote, place  # noqa: E402
from pipeline.inputs import Watched  # noqa: E402
from pipeline.settings import Settings  # noqa: E402
from pipeline.stages import Done  # noqa: E402

_ONE = ConcurrencyLimitConfig.model_validate({"limit": 1, "collision_strategy": "CANCEL_NEW"})
_AHEAD = 4  # batches under way per worker of a cluster; more only wait in memory

# What only flows take; Field is for Prefect's form, and checked before anything runs.
Papers = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Papers, and folders of them."), Field(min_length=1)
]
Out = Annotated[str, typer.Option(help="The run's folder, or URL such as s3://bucket/run."), Field(min_length=1)]
Gold = Annotated[list[str] | None, typer.Option(help="A gold set to score against; may be given again.")]
Database = Annotated[str | None, typer.Option(help="URL of a database to load the run into.")]
Dask = Annotated[str | None, typer.Option(help="Address of a Dask scheduler whose workers are to work.")]
Batch = Annotated[int, typer.Option(help="Papers in a task."), Field(ge=1)]
Wait = Annotated[float, typer.Option(help="Seconds to wait for another run on the folder."), Field(ge=0)]


class Job(BaseModel):
    """What the tasks of a run have in common."""

    model_config = ConfigDict(frozen=True)

    out: str
    settings: Settings
    total: int


# Neither cached nor retried: results stand in the run's folder, and what cannot be read cannot be read in a second.
@task(name="papers", cache_policy=NO_CACHE, persist_result=False)
def work(papers: list[str], first: int, job: Job) -> list[Done]:
    """Take a batch of papers through all stages."""
    done = []
    for each in workers.on_residents(map(place, papers), place(job.out), job.settings):
        say(f"[{first + len(done)}/{job.total}] {cli.line_of(each.outcome)}")
        done.append(each)
    return done


@task(cache_policy=NO_CACHE, persist_result=False)
def score(gold: str, out: str) -> str:
    """Score a run's records against a gold set; the table of scores, which Prefect shows as an artifact."""
    name = Path(gold).name
    report = evaluation.evaluate(Path(gold), place(out), place(out) / "scores" / name)
    rows = [
        {"channel": each["channel"] or "both", "field": field, "precision": f["precision"], "recall": f["recall"],
         "f1": f["f1"], "right": f["tp"], "wrong": f["fp"], "missed": f["fn"]}
        for each in report.as_dict()["scores"] if not each["audited"]
        for field, f in each["figures"]["normalised"].items()
    ]  # fmt: skip
    _artifact(f"scores-{name}", rows, f"{out} against {gold}, normalised names")
    return report.as_text()


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
def download(dois: list[str], out: str, settings: acquisition.AcquisitionSettings) -> acquisition.AcquisitionReport:
    """Download open-access copies of papers."""
    report = acquisition.acquire(
        dois, Path(out), settings, lambda paper, done, total: say(f"[{done}/{total}] {paper.status}: {paper.doi}")
    )
    unreached = sum(paper.status == "failed" for paper in report.papers)
    if unreached and task_run.run_count <= (download.retries or 0):
        raise UnreachedError(f"{unreached} of {len(report.papers)} papers could not be asked for")
    return report


@flow
def mine(
    papers: Papers, out: Out, gold: Gold = None, database: Database = None, channels: Channels = "table,text",
    model: Model = None, jobs: Jobs = None, limit: LimitList = None, replace: Replace = False, dask: Dask = None,
    batch: Batch = 50, wait: Wait = 0,
) -> run.Summary:  # fmt: skip
    """Papers in; records, scores and a database out. By default the database is a SQLite file in ``out``."""
    if database is None and isinstance(folder := place(out), Path):
        database = f"sqlite:///{folder / 'coatmine.db'}"
    summary = _extract(papers, out, settings_of(channels, model, jobs, limit), dask, batch, replace=replace, wait=wait)
    with RunFolder(place(out)).locked(wait):
        tables = _scores(gold or [], out)
        loaded = [load(out, database)] if database else []
    _print(*tables, summary.as_text(), *loaded)
    return summary


@flow
def extract(
    papers: Papers, out: Out, channels: Channels = "table,text", model: Model = None, jobs: Jobs = None,
    limit: LimitList = None, replace: Replace = False, dask: Dask = None, batch: Batch = 50, wait: Wait = 0,
) -> run.Summary:  # fmt: skip
    """Papers in, records out."""
    summary = _extract(papers, out, settings_of(channels, model, jobs, limit), dask, batch, replace=replace, wait=wait)
    _print(summary.as_text())
    return summary


@flow
def watch(
    folder: Annotated[str, typer.Argument(help="Papers are dropped here.")], out: Out, gold: Gold = None,
    database: Database = None, channels: Channels = "table,text", model: Model = None, jobs: Jobs = None,
    settle: Annotated[float, typer.Option(help="Seconds a file must have been left alone."), Field(ge=0)] = 10,
) -> run.Summary | None:  # fmt: skip
    """Mine what is new in a folder; when nothing is, do nothing. For a schedule: each paper is mined once."""
    seen = Watched.look(place(folder), place(out), settle)
    if not seen.new:
        say(f"{folder}: nothing new")
        return None
    try:
        summary = mine.fn(list(seen.papers), out, gold, database, channels, model, jobs)
    except BusyError:  # the lock, not Prefect, says so: it goes with the process that holds it, however that ends
        say(f"{folder}: an earlier look is still being mined; the next one sees what is new")
        return None
    seen.note()
    return summary


@flow
def publish(
    folder: Annotated[str, typer.Argument(help="The run's folder.")],
    database: Database = None,
    formats: Annotated[list[str] | None, typer.Option("--format", help="As of coatmine publish.")] = None,
    raw: Raw = False,
) -> None:
    """Write a run's products anew, with curators' decisions applied, and load it into a database."""
    _print(export.publish(Path(folder), formats or (), raw=raw).as_text())
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
    """Download open-access copies of papers. The only flow that opens a connection to the outside."""
    wanted = list(dois or []) + (acquisition.dois_from_manifest(Path(manifest)) if manifest else [])
    if review:
        with readers.Reader() as reader:
            wanted += acquisition.dois_of_references(reader.read(review))
    if bibliography:
        wanted += acquisition.dois_from_bibliography(Path(bibliography))
    report = download(wanted, out, acquisition.AcquisitionSettings.given(settings or (), email))
    _print(report.as_text())
    return report


# These are the commands themselves.
build_gold = flow(name="build-gold")(cli.gold_build.__wrapped__)
evaluate = flow(name="evaluate")(cli.evaluate.__wrapped__)
train = flow(name="train")(cli.train.__wrapped__)

FLOWS = (mine, extract, build_gold, evaluate, publish, acquire, train, watch)


def _extract(
    papers: list[str], out: str, settings: Settings, dask: str | None, batch: int, *, replace: bool, wait: float
) -> run.Summary:
    """What ``coatmine extract`` does, its papers in batches, each of them a task."""

    def in_tasks(inputs: list[Path], _: Path, settings: Settings) -> Generator[Done, None, None]:
        jobs = 1 if dask else settings.jobs or workers.sensible_jobs(len(inputs))
        job = Job(out=out, settings=settings.model_copy(update={"jobs": jobs}), total=len(inputs))
        try:
            with _runner(dask) as runner:
                yield from _batches(runner, [str(path) for path in inputs], batch, job)
        finally:
            workers.dismiss()

    summary = run.extract(map(place, papers), place(out), settings, replace=replace, wait=wait, process=in_tasks)
    failed = [{"status": status, "documents": count} for status, count in summary.reasons.items()]
    _artifact("failed-documents", failed, f"{len(summary.failed)} of {summary.inputs} documents could not be read")
    return summary


def _batches(runner: TaskRunner[Any], inputs: list[str], batch: int, job: Job) -> Iterator[Done]:
    ahead = _AHEAD * (1 if isinstance(runner, ThreadPoolTaskRunner) else max(1, len(runner.client.nthreads())))
    running: deque[Any] = deque()
    for first in range(0, len(inputs), batch):
        running.append(runner.submit(work, {"papers": inputs[first : first + batch], "first": first + 1, "job": job}))
        if len(running) >= ahead:
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


def _scores(gold: list[str], out: str) -> list[str]:
    """Score a run against gold sets, and show the scores in its report."""
    tables = [score(each, out) for each in gold]
    if gold:
        told = [(place(out) / "scores" / Path(each).name / "scores.json").read_text() for each in gold]
        export.write_report(RunFolder(place(out)), scores=[json.loads(each) for each in told])
    return tables


def _artifact(key: str, rows: list[dict[str, Any]], about: str) -> None:
    """Show a table in Prefect; the files of the run hold the same, so it costs nothing where that fails."""
    try:
        create_table_artifact(rows, re.sub(r"[^a-z0-9]+", "-", key.lower()), about)
    except (httpx.HTTPError, PrefectException) as error:
        get_run_logger().warning("no artifact %s: %s", key, error)


def _print(*texts: str) -> None:
    for text in texts:
        say(text, err=False)


app = cli.make_app("coatmine as Prefect flows")


def _command(run_flow: Flow[..., Any]) -> Callable[..., None]:
    """A flow as a command: exit code 1 where an input failed or no server answers, 2 for wrong usage."""

    @wraps(run_flow.fn)
    @cli.plainly
    def command(**given: Any) -> None:
        try:
            # one server for a run and the workers of a cluster, which would else each start one of their own
            with serving.server(PREFECT_API_URL.value()) as url, temporary_settings({PREFECT_API_URL: url}):
                result = run_flow(**given)
        except ParameterTypeError as error:
            raise UsageError(str(error)) from error
        if getattr(result, "failed", None) or getattr(result, "missing", None):
            raise typer.Exit(1)

    return command


for each in FLOWS:
    app.command(each.name.replace("-", "_"))(_command(each))


def _take_back_slot(out: str) -> None:
    """End in Prefect's books what a killed server and its run left there as running, lest no look ever follows it.

    Whether a run still lives, the lock on its folder tells: it goes with the process that holds it.
    """
    alive = FlowRunFilter.model_validate({"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}})
    with suppress(BusyError, ObjectNotFound), get_client(sync_client=True) as client, RunFolder(place(out)).locked():
        deployment = client.read_deployment_by_name("watch/coatmine")
        of_it = DeploymentFilter.model_validate({"id": {"any_": [deployment.id]}})
        for each in client.read_flow_runs(flow_run_filter=alive, deployment_filter=of_it):
            client.set_flow_run_state(each.id, Crashed(message="killed; its folder is held by no process"), force=True)
        if limit := deployment.global_concurrency_limit:
            client.update_global_concurrency_limit(limit.name, GlobalConcurrencyLimitUpdate(active_slots=0))


@app.command()
@cli.plainly
def serve(
    watched: Annotated[str | None, typer.Option("--watch", help="Folder whose papers are mined as they come.")] = None,
    out: Annotated[str, typer.Option(help="Run folder of the watched folder.")] = "out/watched",
    every: Annotated[int, typer.Option(min=1, help="Seconds between two looks at it.")] = 60,
    port: Annotated[int, typer.Option(help="Port of the server on loopback, if one has to be started.")] = 4200,
) -> None:
    """Serve all flows: start them, see their parameters and schedules in Prefect's UI. Ctrl-C ends it."""
    served = [each.to_deployment("coatmine") for each in FLOWS if each is not watch]
    if watched:
        given = {"folder": watched, "out": out}
        served.append(watch.to_deployment("coatmine", interval=every, parameters=given, concurrency_limit=_ONE))
    with serving.server(PREFECT_API_URL.value(), port, ui=True) as url:
        say(f"Prefect's UI: {url.removesuffix('/api')}")
        with temporary_settings({PREFECT_API_URL: url, PREFECT_LOGGING_LEVEL: "INFO"}):
            if watched:
                _take_back_slot(out)
            prefect.serve(*served)


if __name__ == "__main__":
    app()
