"""Score recognition on real abstracts, whose text is their publishers' and stays in ../shared.

python scripts/score_abstracts.py score develop [--errors] [--label L]   figures by label
python scripts/score_abstracts.py score fresh                            a part that was scored before it was read
python scripts/score_abstracts.py score report                           the part that nobody reads
python scripts/score_abstracts.py score report --as-marked               no regard to gold/abstracts/conventions.json
python scripts/score_abstracts.py agreement                              a second annotator against the first
python scripts/score_abstracts.py collect FOLDER... --out FILE           offsets from copies that are marked inline

gold/abstracts/annotations.jsonl has a line for each abstract: the file in ../shared/corpus/abstracts, its DOI or PMID,
the hash of its text, the side it stands on, and its names as [start, end, label, role], offsets in code points.
What the annotators' guide and this project name differently is set aside on both sides before marks and findings are
compared: :func:`comparable`, and gold/abstracts/datasheet.md for why.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, get_args

from score_voices import figures, outer

from pipeline import ner, readers
from pipeline.document import Document
from pipeline.evaluation.mentions import LabelledSpan
from pipeline.evaluation.voices import Mark, placed
from pipeline.records import Label

ROOT: Final = Path(__file__).resolve().parent.parent
GOLD: Final = ROOT / "gold" / "abstracts"
TEXTS: Final = ROOT.parent / "shared" / "corpus" / "abstracts"
_MARK: Final = re.compile(r"\{\{(.+?)\|([A-Z_]+)\|([a-z_]+)\}\}", re.DOTALL)


def main() -> None:
    """Score, compare or collect."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    scored = commands.add_parser("score")
    scored.add_argument("side", choices=("develop", "fresh", "report"))
    scored.add_argument("--errors", action="store_true", help="list every difference")
    scored.add_argument("--as-marked", action="store_true", help="compare names as they stand, conventions or not")
    scored.add_argument("--label", choices=get_args(Label), help="list differences of this label only")
    commands.add_parser("agreement")
    collected = commands.add_parser("collect")
    collected.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    collected.add_argument("--report", type=Path, help="a list of the files that stand on the side to report on")
    collected.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    if not TEXTS.is_dir():
        sys.exit(f"{TEXTS} is not here: the abstracts' text is not part of this repository")
    if args.command == "collect":
        listed = args.report.read_text(encoding="utf-8").split() if args.report else []
        lines = collect(args.folders, set(listed))
        args.out.write_text("".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in lines), encoding="utf-8")
    elif args.command == "agreement":
        say(agreement(annotated(GOLD / "annotations.jsonl"), annotated(GOLD / "second.jsonl")))
    else:
        some = [each for each in annotated(GOLD / "annotations.jsonl") if each["side"] == args.side]
        say(score(some, args.errors or bool(args.label), args.label, as_marked=args.as_marked))


def say(lines: Iterable[str]) -> None:
    """Print lines."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


def annotated(path: Path) -> list[dict[str, Any]]:
    """The annotated abstracts of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def collect(folders: Iterable[Path], report: set[str]) -> Iterator[dict[str, Any]]:
    """Offsets of the marks of copies; a file in a later folder replaces one of the same name."""
    with (TEXTS / "index.csv").open(encoding="utf-8", newline="") as stream:
        index = {row["file"]: row for row in csv.DictReader(stream)}
    copies = {path.name: path for folder in folders for path in folder.glob("*.txt") if path.name in index}
    for name, path in sorted(copies.items()):
        text = (TEXTS / name).read_text(encoding="utf-8")
        plain, marks = _unmarked(path.read_text(encoding="utf-8"))
        if plain.strip() != text.strip():
            sys.exit(f"{path}: without its marks it is not the text of {TEXTS / name}")
        yield {
            "file": name,
            "doi": index[name]["doi"] or None,
            "pmid": index[name]["pmid"] or None,
            "sha256": sha256(text.encode()).hexdigest(),
            "side": "report" if name in report else "develop",
            "marks": marks,
        }


def _unmarked(body: str) -> tuple[str, list[list[Any]]]:
    parts: list[str] = []
    marks: list[list[Any]] = []
    at = size = 0
    for match in _MARK.finditer(body):
        size += match.start() - at
        marks.append([size, size + len(match[1]), match[2], match[3]])
        parts += [body[at : match.start()], match[1]]
        size += len(match[1])
        at = match.end()
    return "".join([*parts, body[at:]]), marks


def agreement(first: Iterable[dict[str, Any]], second: Iterable[dict[str, Any]]) -> Iterator[str]:
    """How far a second annotator, who saw nothing of the first, marked the same."""
    others = {each["file"]: _spans(each["file"], each["marks"]) for each in second}
    both = [each for each in first if each["file"] in others]
    gold = [span for each in both for span in _spans(each["file"], each["marks"])]
    yield f"{len(both)} abstracts"
    yield from figures(gold, [span for each in both for span in others[each["file"]]])


def _spans(name: str, marks: Iterable[list[Any]]) -> list[LabelledSpan]:
    return [LabelledSpan(name, start, end, label) for start, end, label, _ in marks]


@cache
def _conventions() -> dict[str, frozenset[str]]:
    file = json.loads((GOLD / "conventions.json").read_text(encoding="utf-8"))
    return {key: frozenset(words) for key, words in file.items() if key != "note"}


def comparable(span: LabelledSpan, text: str) -> LabelledSpan | None:
    """A mark or a finding as it is compared: a core by its material, cells without vesicles, animals without "model".

    None for what one of the two sides takes for no name: vesicles without a parent cell, particles, diseases and
    classes of drugs in general.
    """
    words, surface = _conventions(), text[span.start : span.end].casefold()
    parts = re.findall(r"[^\W_]+", surface)
    if span.label == "CELL_TYPE" and words["vesicles"].issuperset(parts):
        return None
    if surface in {"DISEASE": words["diseases"], "DRUG": words["drugs"]}.get(span.label, ()):
        return None
    if span.label == "CORE" and words["particles"].issuperset(parts):
        return None
    behind = {
        "CORE": words["particles"] | words["forms"],
        "CELL_TYPE": words["vesicles"],
        "ANIMAL_MODEL": frozenset(("model", "models")),
    }.get(span.label)
    if span.label == "MODALITY" and (of := re.match(r"(?:cancer|tumou?r|anti-?cancer) (?=\w)", surface)):
        return span._replace(start=span.start + of.end())
    return span._replace(end=span.start + _head(text[span.start : span.end], behind)) if behind else span


def _head(name: str, behind: frozenset[str]) -> int:
    """Where a name ends without these words behind it."""
    end = len(name)
    while last := re.search(r"[\s-](?:(?:quantum)[\s-])?(\w+)$", name[:end]):
        if last[1].casefold() not in behind and last.group()[1:].casefold() not in behind:
            break
        end = last.start()
    return end


def score(
    abstracts: Iterable[dict[str, Any]], errors: bool, label: str | None, *, as_marked: bool = False
) -> Iterator[str]:
    """Recognition against the marks, by label; with every difference where asked for."""
    gold: list[LabelledSpan] = []
    found: list[LabelledSpan] = []
    texts: dict[str, str] = {}
    for each in abstracts:
        text = (TEXTS / each["file"]).read_text(encoding="utf-8")
        if sha256(text.encode()).hexdigest() != each["sha256"]:
            sys.exit(f"{TEXTS / each['file']} is not the text that was annotated")
        document = _read(each["file"], text)
        texts[each["file"]] = document.text
        marks = tuple(Mark(start, end, kind, role, "-") for start, end, kind, role in each["marks"])
        gold += [LabelledSpan(each["file"], m.start, m.end, m.label) for m in placed(marks, text, document.text)]
        found += [LabelledSpan(each["file"], m.start, m.end, m.label) for m in outer(ner.annotate(document))]
    if not as_marked:
        gold, found = (
            [kept for span in spans if (kept := comparable(span, texts[span.document_id]))] for spans in (gold, found)
        )
    yield from figures(gold, found)
    if errors:
        yield from differences(gold, found, texts, label)


def _read(name: str, text: str) -> Document:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8")
        return readers.read(path)


def differences(
    gold: list[LabelledSpan], found: list[LabelledSpan], texts: dict[str, str], label: str | None
) -> Iterator[str]:
    """Every name that is missed or wrong, with the words around it."""
    for span in sorted(set(gold) ^ set(found), key=lambda s: (s.document_id, s.start, s.end)):
        if label and span.label != label:
            continue
        body = texts[span.document_id]
        around = f"...{body[max(0, span.start - 50) : span.end + 40]}...".replace("\n", " ")
        what = "MISSED  " if span in gold else "SPURIOUS"
        yield f"{what} {span.document_id} {span.label} {body[span.start : span.end]!r}   {around}"


if __name__ == "__main__":
    main()
