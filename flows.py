"""coatmine as Prefect flows: for schedules, the UI, and runs that someone else watches over. Wiring only.

    python flows.py mine PATH... --out DIR [--gold DIR]... [--database URL]

Without a Prefect server at hand each run starts one of its own on loopback, which takes 10 to 25 seconds; the
``coatmine`` command runs the same functions without any server.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent

# Prefect reads its settings when it is imported.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_HOME", str(ROOT / ".prefect"))
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")

from prefect import flow, task  # noqa: E402

from pipeline import evaluation, export, run  # noqa: E402
from pipeline.folder import RunFolder  # noqa: E402
from pipeline.records import Outcome  # noqa: E402
from pipeline.settings import Settings  # noqa: E402
from pipeline.stages import Stage  # noqa: E402
from pipeline.workers import process  # noqa: E402


# No retries for the three stages: a file that cannot be read today cannot be read in a second either.
@task
def read(inputs: list[Path], out: Path, settings: Settings) -> int:
    """Turn the files into documents; the number that could be read."""
    return _stage("read", inputs, out, settings)


@task
def annotate(inputs: list[Path], out: Path, settings: Settings) -> int:
    """Find the names in the documents; the number of documents annotated."""
    return _stage("annotate", inputs, out, settings)


@task
def assemble(inputs: list[Path], out: Path, settings: Settings) -> run.Summary:
    """Make records of the mentions, and write the run's files."""
    return run.publish(out, list(process(inputs, out, settings)))


def _stage(stage: Stage, inputs: list[Path], out: Path, settings: Settings) -> int:
    done = 0
    for number, each in enumerate(process(inputs, out, settings, last=stage), 1):
        _report(f"{stage} {number}/{len(inputs)}", each.outcome)
        done += each.outcome.status == "ok"
    return done


def _report(step: str, outcome: Outcome) -> None:
    what = outcome.source if outcome.status == "ok" else f"{outcome.status}: {outcome.message}"
    print(f"[{step}] {what}", file=sys.stderr, flush=True)  # noqa: T201 - progress of a script


@task
def evaluate(gold: Path, out: Path) -> str:
    """Score the run's records against a gold set; the table of scores."""
    return evaluation.evaluate(gold, out, out / "scores" / gold.name).as_text()


# A database may be away for a moment.
@task(retries=2, retry_delay_seconds=5)
def publish(out: Path, database: str) -> str:
    """Load the run into a database; loading it again changes nothing."""
    return export.load_database(out, database).as_text()


@flow
def mine(
    papers: list[Path],
    out: Path,
    gold: list[Path] | None = None,
    database: str | None = None,
    settings: Settings | None = None,
) -> run.Summary:
    """Papers in; records, scores and a database out.

    Args:
        papers: files, and folders that are searched for them.
        out: the run's folder.
        gold: gold sets to score against.
        database: URL of the database to load; by default a SQLite file in ``out``.
        settings: channels, model, workers and limits.
    """
    settings = settings or Settings()
    inputs = run.discover(papers)
    with RunFolder(out).locked():
        read(inputs, out, settings)
        annotate(inputs, out, settings)
        summary = assemble(inputs, out, settings)
        tables = [evaluate(folder, out) for folder in gold or []]
        loaded = publish(out, database or f"sqlite:///{out / 'coatmine.db'}")
    for text in (*tables, summary.as_text(), loaded):
        print(text)  # noqa: T201 - the result of a script
    return summary


def main() -> int:
    """Run a flow from the command line; exit code 1 where an input failed."""
    parser = argparse.ArgumentParser(prog="flows.py", description="coatmine as Prefect flows")
    commands = parser.add_subparsers(dest="flow", required=True)
    command = commands.add_parser("mine", help="papers in; records, scores and a database out")
    command.add_argument("papers", nargs="+", type=Path, metavar="PATH")
    command.add_argument("--out", required=True, type=Path)
    command.add_argument("--gold", action="append", type=Path, default=[], help="a gold set; may be given again")
    command.add_argument("--database", help="URL; default: coatmine.db in the output folder")
    given = parser.parse_args()
    summary = mine(given.papers, given.out, given.gold, given.database)
    return 1 if summary.failed else 0


if __name__ == "__main__":
    sys.exit(main())
