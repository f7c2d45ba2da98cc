"""Check that recognition and records are as good as they were, or write down how good they are now.

    python scripts/accuracy.py check    exit code 1 and a line for each floor that is not reached
    python scripts/accuracy.py write    floors again, a margin below what is measured

The floors stand in .ci/floors.toml: for the papers of corpus/NAME against gold/NAME the normalised F1 over all fields
(what ``coatmine evaluate --fail-under micro=F1`` asks for), for the passages of gold/passages the F1 with exact
boundaries over all labels.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path
from typing import Final

from score_passages import is_species

from pipeline import evaluation, run
from pipeline.evaluation.mentions import LabelledSpan, score_mentions
from pipeline.ner import annotate, load
from pipeline.ner.annotated_text import read_annotated_texts
from pipeline.settings import Settings, gold_dir

ROOT: Final = Path(__file__).resolve().parents[1]
FLOORS: Final = ROOT / ".ci" / "floors.toml"
MARGIN: Final = 0.02  # what a change may cost that is right on the whole
PAPERS: Final = ("sample", "tables", "dev", "heldout", "heldout_3")
PASSAGES: Final = ("report", "report_2", "report_3", "report_4", "report_5")


def main() -> None:
    """Measure, then check or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=("check", "write"))
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "accuracy", help="where the papers are mined to")
    parser.add_argument("--floors", type=Path, default=FLOORS)
    args = parser.parse_args()
    floors = tomllib.loads(args.floors.read_text()) if args.task == "check" else {}
    short = []
    reached: dict[str, dict[str, float]] = {"papers": {}, "passages": {}}
    for name in floors.get("papers", PAPERS):
        reached["papers"][name] = papers(name, args.out)
    for name in floors.get("passages", PASSAGES):
        reached["passages"][name] = passages(name)
    for kind, figures in reached.items():
        for name, f1 in figures.items():
            floor = floors[kind][name] if floors else 0.0
            sys.stdout.write(f"{kind} {name}: F1 {f1:.3f}" + (f", floor {floor:.3f}\n" if floors else "\n"))
            if f1 < floor:
                short.append(f"{kind} {name}: F1 {f1:.3f} is below {floor:.3f}")
    if args.task == "write":
        args.floors.write_text(as_toml(reached))
    elif short:
        raise SystemExit("\n".join(["less accurate than it was; if that is right, `make floors`:", *short]))


def papers(name: str, out: Path) -> float:
    """The normalised F1 over all fields and both channels of a folder of papers."""
    run.extract(
        [paper for paper in sorted((ROOT / "corpus" / name).iterdir()) if paper.is_file()],
        out / name,
        Settings(),
        replace=True,
    )
    report = evaluation.evaluate(gold_dir() / name, out / name, None, [])
    both = next(each for each in report.scores if each.channel is None)
    return both.figures["normalised"]["micro"].f1 or 0.0


def passages(part: str) -> float:
    """The F1 over all labels, boundaries exact, of a part of the marked passages."""
    nlp = load(None)
    marked = list(read_annotated_texts(gold_dir() / "passages" / f"{part}.txt"))
    gold = [LabelledSpan(p.id, m.start, m.end, m.label) for p in marked for m in p.marked]
    found = [
        LabelledSpan(p.id, m.start, m.end, m.label)
        for p in marked
        for m in annotate(p.document(), nlp)
        if not is_species(m)  # which the passages do not mark
    ]
    return score_mentions(gold, found)["all"]["strict"].f1 or 0.0


def as_toml(reached: dict[str, dict[str, float]]) -> str:
    """The floors as a file."""
    lines = [f"# Written by `make floors`: {MARGIN} below what was measured. What they mean: scripts/accuracy.py."]
    for kind, figures in reached.items():
        lines += ["", f"[{kind}]", *(f"{name} = {max(0.0, f1 - MARGIN):.3f}" for name, f1 in figures.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
