"""Fixtures that several parts of the tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from pipeline import run, workers
from pipeline.folder import WORK
from pipeline.settings import Settings
from tests.prefect_server import migrated, prefect_home, server  # noqa: F401 - fixtures

# A test that is slow because the machine is busy is not wrong.
# in CI the same cases each time, so that what a change must pass does not change; new ones are looked for elsewhere
settings.register_profile(
    "coatmine", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("coatmine")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--regenerate`` writes golden files anew, from what the readers now make; look at the difference."""
    parser.addoption("--regenerate", action="store_true", help="write the golden files anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, and say why, what needs papers and vocabularies that are not part of the repository."""
    if SHARED.is_dir():
        return
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason=f"{SHARED.name}/ with papers and vocabularies is not there"))


@pytest.fixture(scope="module")
def in_process() -> Iterator[None]:
    """Runs take their papers through the stages in this process, which loads the model once for all tests.

    By default each run starts a worker, which takes seconds; that the result is the same, tests/test_run.py says.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "sensible_jobs", lambda _: 0)
        yield


@pytest.fixture(scope="session")
def sample() -> Path:
    """The folder of sample papers."""
    return ROOT / "corpus" / "sample"


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Makes a folder of that name once for all processes of the tests, for what is costly; it is only read from."""
    base = tmp_path_factory.getbasetemp()
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        folder, done = common / name, common / f"{name}.done"
        with FileLock(common / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return make


@pytest.fixture(scope="session")
def sample_known(once: Callable[..., Path], sample: Path) -> Callable[[Path], None]:
    """Puts what the stages make of the sample papers into a run's folder: a run there need not make it again."""
    mined = once("mined", lambda folder: run.extract([sample], folder, Settings(jobs=0)))

    def know(out: Path) -> None:
        shutil.copytree(mined / WORK, out / WORK)

    return know


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of papers and vocabularies outside the repository; use it with the mark ``shared``."""
    return SHARED
