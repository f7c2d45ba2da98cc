"""What README.md and the pages say: commands take what is given, what can run here runs, links lead somewhere."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.evaluation import Threshold
from pipeline.export import FORMATS
from pipeline.settings import Limits
from tests.scripts import script

pytestmark = pytest.mark.usefixtures("in_process")

ROOT = Path(__file__).resolve().parents[1]
PATTERNS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md", "*/README.md", "models/*/README.md")
PAGES = sorted(path for pattern in PATTERNS for path in ROOT.glob(pattern) if not path.parent.name.startswith("."))
BIN = Path(sys.executable).parent
OURS = {"coatmine", "flows.py", "make", "pip", "python"}
ELSEWHERE = {".", "cd", "createdb", "export", "git", "psql", "sudo"}
"""What is not this project's is taken on trust."""

STANDS_FOR = {
    "PATH": "papers", "PATH...": "papers", "FILE...": "paper.pdf", "DIR": "results", "RUN": "results",
    "REVIEW": "digest.pdf", "REVIEW.pdf": "digest.pdf", "GOLD": "draft", "gold/NAME": "draft", "gold/mine": "draft",
    "SCORES": "results/scores", "FOLDER": "exported", "FORMAT": "bioc", "N": "1", "RULES": "rules",
    "demo.toml": os.devnull,
}  # fmt: skip
"""What the pages' placeholders are when their commands are tried."""

NOT_RUN = {
    "acquire": "opens connections; tests/acquisition brings a stand-in for the internet",
    "watch": "opens connections; tests/watching brings services on loopback, and follows the page's walk",
    "calibrate": "needs the opinions of a language model; tests/opinion counts with made-up ones",
    "review": "serves until it is stopped; tests/test_walk.py and tests/curation drive it",
    "train": "takes a quarter of an hour; tests/ner_training trains a little",
    "../shared": "is not part of the repository",
    "s3:": "tests/test_remote.py brings a server",
    "postgresql:": "tests/test_walk.py loads into a server of its own",
    "en_ner_bionlp13cg_md": "is not on the package index",
    "--baselines": "takes a minute; tests/evaluation makes baselines",
    "kept": "is scored only when figures are due",
    "--jobs": "starts processes that load everything again; tests/test_run.py runs with several",
    "out/dev": "as out/sample",
    "out/tables": "as out/sample",
    "out/heldout": "as out/sample",
    "out/prose": "is made from ../shared",
    "--llm": "asks a server; tests/opinion brings one",
    "PAPERS": "stands for a reader's own folder",
    "asked": "is made by asking a server",
    "--bibliography": "wants a reader's own library; tests/test_bibliography.py brings one",
}
"""Words of commands that are only parsed, and why."""


@dataclass(frozen=True)
class Command:
    """A command as a page shows it; in a line of prose it may lack what it needs to run."""

    page: Path
    line: int
    text: str
    in_prose: bool = False

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}: {self.text}"

    @property
    def words(self) -> list[str]:
        """The program and its arguments, with placeholders filled and signs for what is optional left out."""
        text = re.sub(r"(?<!\w)\[|\](?!\w)(?!')", " ", self.text)
        text = text.replace("flows.py NAME", "flows.py mine").replace("--format NAME", "--format brat")
        words = [STANDS_FOR.get(word, word) for word in shlex.split(text)]
        while re.fullmatch(r"[A-Z_]+=.*", words[0]):
            words.pop(0)
        words[0] = words[0].removeprefix(".venv/bin/")
        return words[1:] if words[:2] == ["python", "flows.py"] else words


def lines_of_code(page: Path) -> Iterator[tuple[int, str, str]]:
    """Number, text and language of the lines in code blocks; a block by indentation has no language."""
    language, indented, blank = None, False, True
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if fence := re.match(r"```(\w*)", line):
            language = fence[1] if language is None else None
        elif language is not None:
            yield number, line, language
        elif line.strip():
            indented = line.startswith("    ") and (blank or indented)
            if indented:
                yield number, line[4:], ""
        blank = not line.strip()


def commands(page: Path) -> Iterator[Command]:
    """The commands in a page's code blocks, and in its prose those that begin with a program of ours."""
    for number, line, language in lines_of_code(page):
        shell = language in ("sh", "bash", "console")
        if (language and not shell) or (language == "console" and not line.startswith("$ ")):
            continue
        text = re.split(r"\s{2,}|\s#", line.removeprefix("$ ").strip())[0]
        program = text.partition(" ")[0]
        if text and (shell or program in OURS | ELSEWHERE or program.startswith(".venv/bin/")):
            yield Command(page, number, text)
    code = {number for number, _, _ in lines_of_code(page)}
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if number not in code:
            for text in re.findall(r"(?<!`)`([^`]+ [^`]+)`", line):
                if text.partition(" ")[0].removeprefix(".venv/bin/") in OURS:
                    yield Command(page, number, text, in_prose=True)


COMMANDS = [command for page in PAGES for command in commands(page)]


def flows() -> typer.Typer:
    """The command line of flows.py."""
    application: typer.Typer = script("flows.py").app
    return application


def subcommands(command: Any) -> Iterator[Any]:
    """A command and all below it."""
    yield command
    for each in getattr(command, "commands", {}).values():
        yield from subcommands(each)


def usage_error(application: typer.Typer, arguments: list[str]) -> str:
    """What the command line objects to, if anything; nothing is run."""
    given: dict[str, Any] = {}
    root = typer.main.get_command(application)
    if arguments == ["--install-completion"] and any(arguments[0] in each.opts for each in root.params):
        return ""  # it would be done as soon as it is parsed, to the shell of whoever runs the tests
    for each in subcommands(root):
        if not hasattr(each, "commands"):
            each.callback = given.update
            for parameter in each.params:
                given[parameter.name] = None
    stated = io.StringIO()
    with contextlib.redirect_stderr(stated), contextlib.redirect_stdout(stated):
        try:
            root(arguments)
        except SystemExit as end:
            if end.code:
                return stated.getvalue()
    if (name := given.get("format_name")) and name not in FORMATS:
        return f"no format {name}"
    Limits.model_validate(dict(each.split("=") for each in given.get("limit") or ()))
    for each in given.get("fail_under") or ():
        Threshold.parse(each)
    return ""


def fault(command: Command) -> str:
    """What is wrong with a command, or nothing."""
    program, *rest = command.words
    if program in ("coatmine", "flows.py"):
        stated = usage_error(app if program == "coatmine" else flows(), rest)
        return "" if command.in_prose and re.search("Missing|requires an argument", stated) else stated
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        unknown = [word for word in rest if "=" not in word and word not in targets]
        return f"no target {unknown}" if unknown else ""
    if program == "pip":
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
        wanted = {name for names in re.findall(r"coatmine\[([^]]+)\]", command.text) for name in names.split(",")}
        return f"no extra {wanted - set(extras)}" if wanted - set(extras) else ""
    if program == "python" and rest[0] != "-m":
        source = (ROOT / rest[0]).read_text(encoding="utf-8") if (ROOT / rest[0]).is_file() else None
        if source is None:
            return f"no file {rest[0]}"
        return "".join(f"no option {word}" for word in rest if word.startswith("--") and f'"{word}"' not in source)
    if ".venv/bin/" in command.text:
        return "" if (BIN / program).exists() or program == "activate" else f"no program {program}"
    return "" if program in {*ELSEWHERE, "python"} else f"unknown program {program}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_exists_and_takes_what_is_given(page: Path) -> None:
    faults = [f"{command}\n{stated}" for command in COMMANDS if command.page == page and (stated := fault(command))]
    assert not faults, "\n".join(faults)


def test_every_option_spoken_of_exists() -> None:
    known = {
        option
        for application in (app, flows())
        for command in subcommands(typer.main.get_command(application))
        for parameter in command.params
        for option in parameter.opts
    }
    scripts = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("*/*.py"))
    spoken = {
        (option, page.relative_to(ROOT).as_posix())
        for page in PAGES
        for option in re.findall(r"(?<!`)`(--[a-z-]+)[^`]*`", page.read_text(encoding="utf-8"))
    }
    assert not {(o, page) for o, page in spoken if o not in known | {"--help"} and f'"{o}"' not in scripts}


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory, sample_known: Callable[[Path], None]) -> Path:
    """A folder such as a newcomer has after `make run`, with papers of their own; few, so that it takes little time."""
    folder = tmp_path_factory.mktemp("workspace")
    for name in ("gold", "models"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("papers", "corpus/sample"):
        (folder / name).mkdir(parents=True)
    sample = ROOT / "corpus" / "sample"
    for paper in sample.glob("*.pdf"):
        if paper.stem != "digest":
            (folder / "corpus" / "sample" / paper.name).symlink_to(paper)
    (folder / "digest.pdf").symlink_to(sample / "digest.pdf")
    (folder / "names").mkdir()
    table = re.search(
        r"(?:^ {8}name\t.*\n)(?:^ {8}.*\n)+", (ROOT / "docs" / "add-a-name.md").read_text("utf-8"), re.MULTILINE
    )
    assert table is not None
    (folder / "names" / "mine.tsv").write_text(re.sub(r"^ {8}", "", table[0], flags=re.MULTILINE), encoding="utf-8")
    (folder / "rules").mkdir()
    for number, (_, block) in enumerate(toml_blocks(ROOT / "docs" / "roles.md")):
        (folder / "rules" / f"{number}.toml").write_text(block, encoding="utf-8")
    for name in ("paper.pdf", "papers/mine.pdf"):
        (folder / name).symlink_to(sample / "pancreas-hybrid-plga.pdf")
    sample_known(folder / "out" / "sample")
    with contextlib.chdir(folder):
        result = CliRunner().invoke(app, ["extract", "corpus/sample", "--out", "out/sample"])
    assert result.exit_code == 0, result.output
    return folder


def can_run(command: Command) -> bool:
    words = command.words
    return words[0] == "coatmine" and not command.in_prose and not any(why in word for word in words for why in NOT_RUN)


def python_blocks(page: Path) -> Iterator[tuple[int, str]]:
    """The Python examples that need neither a connection nor corpora, with their line."""
    text = page.read_text(encoding="utf-8")
    for block in re.finditer(r"```python\n(.*?)```", text, re.DOTALL):
        if "acquisition" not in block[1] and "training" not in block[1]:
            yield text.count("\n", 0, block.start()) + 1, block[1]


def toml_blocks(page: Path) -> Iterator[tuple[int, str]]:
    """The TOML examples of a page, with their line."""
    text = page.read_text(encoding="utf-8")
    for block in re.finditer(r"```toml\n(.*?)```", text, re.DOTALL):
        yield text.count("\n", 0, block.start()) + 1, block[1]


@pytest.mark.slow
def test_what_can_run_here_runs(workspace: Path) -> None:
    """In the order of the page, since an example may go on from another; the same command once."""
    faults, tried = [], set()
    with contextlib.chdir(workspace):
        for page in PAGES:
            steps = [(each.line, each) for each in COMMANDS if each.page == page and can_run(each)]
            for line, step in sorted([*steps, *python_blocks(page)], key=lambda each: each[0]):
                if isinstance(step, str):
                    exec(compile(step, f"{page.name}:{line}", "exec"), {})  # our own pages
                elif (arguments := tuple(step.words[1:])) not in tried:
                    tried.add(arguments)
                    result = CliRunner().invoke(app, list(arguments))
                    faults += [f"{step}\n{result.output}"] if result.exit_code else []
    assert not faults, "\n".join(faults)
    ran = {arguments[0] for arguments in tried}
    assert ran >= {"read", "annotate", "extract", "evaluate", "load", "export", "gold"}
    assert set(outputs_told_of()) <= {path.name for path in (workspace / "out" / "sample").iterdir()} | {"coatmine.db"}


def outputs_told_of() -> list[str]:
    """The first column of the table of outputs in Getting started."""
    text = (ROOT / "docs" / "getting-started.md").read_text(encoding="utf-8")
    return [name.rstrip("/") for name in re.findall(r"^\| `([\w.]+/?)`", text, re.MULTILINE)]


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", ["one-document.md", "glossary.md", "how-it-works.md", "records.md", "recognition.md"])
def test_what_a_page_calls_a_file_is_one(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:pipeline|models|scripts|tests|corpus|gold|benchmarks)/[\w./*-]+)`", text))
    assert not {path for path in named if not any(ROOT.glob(path.rstrip("/")))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            linked = (page.parent / path).resolve() if path else page
            if not linked.exists() or (anchor and anchor not in anchors(linked)):
                broken.append(target)
    assert not broken


@pytest.mark.slow
def test_every_page_of_the_site_is_there_and_it_fetches_nothing(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="mkdocs is not installed; it comes with the dependency group docs")
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path), strict=True))
    pages = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html")]
    assert len(pages) > len(list((ROOT / "docs").glob("*.md")))
    for page in pages:
        assert not re.findall(r"""<(?:script|img|link|iframe)[^>]*(?:src|href)=["'](?:https?:)?//[^"']*""", page)
