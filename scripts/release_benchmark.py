"""Write the schemas and checksums of gold/benchmark again, after a change for which its version was raised.

python scripts/release_benchmark.py
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from pipeline.errors import CoatmineError
from pipeline.evaluation.benchmark import load_benchmark, release_benchmark

FOLDER: Final = Path(__file__).resolve().parents[1] / "gold" / "benchmark"


def main() -> None:
    """Write them."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    try:
        release_benchmark(FOLDER)
        sys.stdout.write(f"{FOLDER}: version {load_benchmark(FOLDER).version}\n")
    except CoatmineError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
