"""coatmine as Prefect flows: for schedules, retries, the UI and more than one machine. Wiring only.

    python flows.py mine PATH... --out DIR [--gold DIR]... [--database URL] [--dask ADDRESS]
    python flows.py extract | build_gold | evaluate | publish | acquire | train | watch | watch_literature  --help
    python flows.py serve --watch DIR --out DIR

Without a Prefect server at hand a run starts one of its own on loopback, which takes 10 to 25 seconds; ``serve`` starts
one that stays. The ``coatmine`` command runs the same functions without any server. docs/operations.md tells more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

from pipeline import serving

serving.prepare(Path(__file__).resolve().parent / ".prefect")

import httpx
import prefect
import typer
from prefect import Flow, flow, get_client, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.exceptions import ParameterTypeError, PrefectException
from prefect.runtime import task_run
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_LEVEL, temporary_settings
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from sqlalchemy.exc import OperationalError

from pipeline import acquisition, cli, evaluation, export, options, run, watching, workers
from pipeline.cli import say
from pipeline.errors import BusyError, UnreachedError, UsageError
from pipeline.folder import RunFolder, is_remote, place
from pipeline.inputs import Watched
from pipeline.settings import Settings
from pipeline.stages import Done


# Neither cached nor retried: results stand in the run's folder, and what cannot be read cannot be read in a second.
@task(name="papers", cache_policy=NO_CACHE, persist_result=False)
def work(papers: list[str], first: int, total: int, out: str, settings: Settings) -> list[Done]:
    """Take a batch of papers through all stages."""
    done = []
    for number, each in enumerate(workers.on_residents(map(place, papers), place(out), settings), first):
        say(f"[{number}/{total}] {cli.line_of(each.outcome)}")
        done.append(each)
    return done


def _may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Whether what failed is a network or a database that was away, and not what is wrong in the second attempt too."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, UnreachedError) or isinstance(getattr(error, "__cause__", None), OperationalError)


@task(retries=2, retry_delay_seconds=5, retry_condition_fn=_may_pass, cache_policy=NO_CACHE, persist_result=False)
def load(out: str, database: str) -> str:
    """Load a run into a database; loading it again changes nothing."""
    return export.load_database(place(out), database).as_text()


# The client itself asks a service again; this is for a network that was away. What came is not asked for again.
@task(retries=2, retry_delay_seconds=30, retry_condition_fn=_may_pass, cache_policy=NO_CACHE, persist_result=False)
def download(dois: list[str], out: str, settings: acquisition.AcquisitionSettings) -> acquisition.AcquisitionReport:
    """Download open-access copies of papers."""
    report = acquisition.acquire(dois, Path(out), settings, cli.tell_paper)
    unreached = sum(paper.status == "failed" for paper in report.papers)
    if unreached and task_run.run_count <= (download.retries or 0):
        raise UnreachedError(f"{unreached} of {len(report.papers)} papers could not be asked for")
    return report


@flow
@options.with_run_options
def extract(
    papers: options.Papers, out: options.Where, settings: Settings, replace: options.Replace = False,
    dask: options.Dask = None, batch: options.Batch = 50, wait: options.Wait = 0,
) -> run.Summary:  # fmt: skip
    """Papers in, records out."""
    summary = _extract(papers, out, settings, dask, batch, replace=replace, wait=wait)
    say(summary.as_text(), err=False)
    return summary


@flow
@options.with_run_options
def mine(
    papers: options.Papers, out: options.Where, settings: Settings, gold: options.GoldSets = None,
    database: options.Database = None, replace: options.Replace = False, dask: options.Dask = None,
    batch: options.Batch = 50, wait: options.Wait = 0,
) -> run.Summary:  # fmt: skip
    """Papers in; records, scores and a database out. By default the database is a SQLite file in ``out``."""
    summary = _extract(papers, out, settings, dask, batch, replace=replace, wait=wait)
    return _score_and_load(summary, gold, database, wait)


# A look goes on where an earlier one stopped; it is tried again where the services were away.
@task(retries=2, retry_delay_seconds=60, retry_condition_fn=_may_pass, cache_policy=NO_CACHE, persist_result=False)
def look(
    about: str, out: str, given: watching.WatchSettings, settings: Settings, **others: Any
) -> watching.WatchReport:
    """Ask for new papers, acquire and mine them, and write the digest."""
    told = {"tell": say, "progress": cli.tell_paper, "mined": cli.tell_mined}
    return watching.watch(about, out, given, settings, **told, **others)


@flow(name="watch-literature")
@options.with_run_options
def watch_literature(
    about: options.About, out: options.Where, settings: Settings, since: options.Since = None,
    csv: options.DigestTable = False, database: options.Database = None, email: options.Email = None,
    given: options.Given = None,
) -> watching.WatchReport:  # fmt: skip
    """Ask for new papers, acquire and mine them, and tell what is new; connects to the outside."""
    asking = watching.WatchSettings.given(given or (), email)
    report = look(about, out, asking, settings, since=since and since.date(), csv=csv, database=database)
    say(report.as_text(), err=False)
    return report


@flow
@options.with_run_options
def watch(
    folder: Annotated[str, typer.Argument(help="Folder to watch.")], out: options.Where, settings: Settings,
    gold: options.GoldSets = None, database: options.Database = None, settle: options.Settle = 10,
) -> run.Summary | None:  # fmt: skip
    """Mine new papers of a folder. For a schedule: each paper is mined once."""
    seen = Watched.look(place(folder), place(out), settle)
    if not seen.new:
        say(f"{folder}: nothing new")
        return None
    try:
        summary = _score_and_load(_extract(list(seen.papers), out, settings, replace=True), gold, database)
    except BusyError:  # the folder's lock says so: the system releases it when its holder ends, however that ends
        say(f"{folder}: an earlier look is still being mined; the next one sees what is new")
        return None
    seen.note()
    return summary


@flow
def publish(
    folder: Annotated[str, typer.Argument(help="The run's folder.")], database: options.Database = None,
    formats: options.Formats = None, raw: options.Raw = False,
) -> None:  # fmt: skip
    """Write a run's products again, with curators' decisions applied, and load it into a database."""
    say(export.publish(Path(folder), formats or (), raw=raw).as_text(), err=False)
    if database:
        say(load(folder, database), err=False)


@flow
def acquire(
    dois: options.Dois = None, manifest: options.Manifest = None, review: options.FromReview = None,
    bibliography: options.Library = None, out: options.Where = "papers", email: options.Email = None,
    given: options.Given = None,
) -> acquisition.AcquisitionReport:  # fmt: skip
    """Download open-access copies of papers: the flow that connects to the outside."""
    wanted = cli.wanted_dois(dois, manifest, review, bibliography)
    report = download(wanted, out, acquisition.AcquisitionSettings.given(given or (), email))
    say(report.as_text(), err=False)
    return report


# These are the commands themselves.
build_gold = flow(name="build-gold")(cli.gold_build.__wrapped__)
evaluate = flow(name="evaluate")(cli.evaluate.__wrapped__)
train = flow(name="train")(cli.train.__wrapped__)

FLOWS = (mine, extract, build_gold, evaluate, publish, acquire, train, watch, watch_literature)


def _extract(
    papers: list[str], out: str, settings: Settings, dask: str | None = None, batch: int = 50, **others: Any
) -> run.Summary:
    """What ``coatmine extract`` does, its papers in batches, each of them a task."""
    settings = settings.with_password(os.environ.get("COATMINE_PASSWORD"))  # as a parameter, Prefect would store it

    def in_tasks(inputs: list[Path], _: Path, settings: Settings) -> Generator[Done, None, None]:
        jobs = 1 if dask else workers.sensible_jobs(len(inputs)) if settings.jobs is None else settings.jobs
        common = {"total": len(inputs), "out": out, "settings": settings.model_copy(update={"jobs": jobs})}
        try:
            with _runner(dask) as runner:

                def submit(papers: list[str], first: int) -> Any:
                    return runner.submit(work, {"papers": papers, "first": first, **common})

                ahead = 4 * max(1, len(runner.client.nthreads()) if dask else 1)
                yield from workers.in_batches(inputs, batch, submit, ahead)
        finally:
            workers.dismiss()

    summary = run.extract(map(place, papers), place(out), settings, process=in_tasks, tell=say, **others)
    failed = [{"status": status, "documents": count} for status, count in summary.reasons.items()]
    _artifact("failed-documents", failed, f"{len(summary.failed)} of {summary.inputs} documents could not be read")
    return summary


def _runner(dask: str | None) -> TaskRunner[Any]:
    if not dask:
        return ThreadPoolTaskRunner(max_workers=1)  # it hands on to the worker processes
    try:
        from prefect_dask import DaskTaskRunner
    except ImportError as error:
        raise UsageError("--dask needs more packages; install them with coatmine[dask]") from error
    return DaskTaskRunner(address=dask)


def _score_and_load(summary: run.Summary, gold: list[str] | None, database: str | None, wait: float = 0) -> run.Summary:
    """Score a run, also for its report, load it into a database, and print what came of it all."""
    out, reports = summary.folder, []
    if database is None and not is_remote(out):
        database = f"sqlite:///{out / 'coatmine.db'}"
    with RunFolder(out).locked(wait):
        for each in map(Path, gold or ()):
            reports.append(evaluation.evaluate(each, out, out / "scores" / each.name))
            _artifact(f"scores-{each.name}", reports[-1].as_rows(), f"{out} against {each}, normalised names")
        if reports:
            export.write_report(RunFolder(out), scores=[each.as_dict() for each in reports])
        loaded = [load(str(out), database)] if database else []
    for text in (*(each.as_text() for each in reports), summary.as_text(), *loaded):
        say(text, err=False)
    return summary


def _artifact(key: str, rows: list[dict[str, Any]], about: str) -> None:
    """Show a table in Prefect; the files of the run hold the same, so it costs nothing where that fails."""
    try:
        create_table_artifact(rows, re.sub(r"[^a-z0-9]+", "-", key.lower()), about)
    except (httpx.HTTPError, PrefectException) as error:
        get_run_logger().warning("no artifact %s: %s", key, error)


app = cli.make_app("coatmine as Prefect flows")


def run_at(url: str, run_flow: Flow[..., Any], **given: Any) -> Any:
    """Run a flow with the server at this address."""
    with temporary_settings({PREFECT_API_URL: url}):
        return run_flow(**given)


def _command(run_flow: Flow[..., Any]) -> Callable[..., None]:
    """A flow as a command: exit code 1 where an input failed or no server answers, 2 for wrong usage."""

    @wraps(run_flow.fn)
    @cli.plainly
    def command(**given: Any) -> None:
        try:
            # one server for a run and the workers of a cluster, which would else each start one of their own
            with serving.server(PREFECT_API_URL.value()) as url:
                result = run_at(url, run_flow, **given)
        except ParameterTypeError as error:
            raise UsageError(str(error)) from error
        if getattr(result, "failed", None) or getattr(result, "missing", None):
            raise typer.Exit(1)

    return command


for each in FLOWS:
    app.command(each.name.replace("-", "_"))(_command(each))


@app.command()
@cli.plainly
def serve(
    watched: Annotated[str | None, typer.Option("--watch", help="Folder whose new papers are mined.")] = None,
    out: Annotated[str, typer.Option(help="Run folder for the watched folder.")] = "out/watched",
    every: Annotated[int, typer.Option(min=1, help="Seconds between two checks of it.")] = 60,
    port: Annotated[int, typer.Option(help="Port for a server on loopback, if one is started.")] = 4200,
) -> None:
    """Serve all flows: start them, see their parameters and schedules in Prefect's UI. Ctrl-C ends it."""
    served = [each.to_deployment("coatmine") for each in FLOWS if each is not watch]
    if watched:
        one = ConcurrencyLimitConfig.model_validate({"limit": 1, "collision_strategy": "CANCEL_NEW"})
        given = {"folder": watched, "out": out}
        served.append(watch.to_deployment("coatmine", interval=every, parameters=given, concurrency_limit=one))
    with serving.server(PREFECT_API_URL.value(), port, ui=True) as url:
        say(f"Prefect's UI: {url.removesuffix('/api')}")
        with temporary_settings({PREFECT_API_URL: url, PREFECT_LOGGING_LEVEL: "INFO"}):
            if watched:
                with get_client(sync_client=True) as client:
                    serving.end_killed_runs(client, watch.name, "coatmine", place(out))
            prefect.serve(*served)


if __name__ == "__main__":
    app()
