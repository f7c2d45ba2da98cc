"""Run the commands in a document's console blocks and put what they print below them.

A block marked ``console`` holds command lines, each after a dollar sign, and their output. The commands run in order in
the repository's root; progress on stderr is left out. So a figure in a document is one that a command printed.

    python scripts/fill_console.py docs/scores.md [--only WORD]
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(?<=^```console\n)(?P<body>.*?)(?=^```$)", re.MULTILINE | re.DOTALL)


def main() -> None:
    """Fill the blocks of one document in place."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("document", type=Path)
    parser.add_argument("--only", default="", help="fill only blocks with this word in a command")
    chosen = parser.parse_args()
    text = chosen.document.read_text(encoding="utf-8")
    filled = BLOCK.sub(lambda block: _filled(block["body"], chosen.only), text)
    chosen.document.write_text(filled, encoding="utf-8")


def _filled(body: str, only: str) -> str:
    commands = [line for line in body.splitlines() if line.startswith("$ ")]
    if not any(only in command for command in commands):
        return body
    return "".join(f"{command}\n{_output(command[2:])}" for command in commands)


def _output(command: str) -> str:
    """What the command prints to stdout; a command that fails stops everything."""
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": search, "COLUMNS": "120"}
    sys.stderr.write(f"$ {command}\n")
    return subprocess.check_output(command, shell=True, cwd=ROOT, env=environment, text=True)  # noqa: S602 - our own


if __name__ == "__main__":
    main()
