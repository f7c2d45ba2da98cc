"""Python files of common names beside the papers, as a stranger's folder may hold them."""

from __future__ import annotations

from pathlib import Path

_NAMES = (
    "json.py", "pipeline/__init__.py", "multiprocessing.py", "pickle.py", "asyncio/__init__.py", "sitecustomize.py",
)  # fmt: skip


def write_decoys(folder: Path) -> Path:
    """Write them into a folder; the file that is returned exists as soon as one of them was executed."""
    executed = folder / "executed"
    for name in _NAMES:
        decoy = folder / name
        decoy.parent.mkdir(exist_ok=True)
        decoy.write_text(f"open({str(executed)!r}, 'a').write({name!r})\nraise SystemExit('a decoy')\n")
    return executed
