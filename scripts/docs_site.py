"""What mkdocs needs to know: pages that stand beside docs/ in the repository belong to the site, and are linked so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = ("CHANGELOG.md", "*/README.md", "gold/*/*.md", "models/*/*.md")


def on_files(files: Files, config: MkDocsConfig, **_: Any) -> Files:
    """Add the pages from outside docs/."""
    from mkdocs.structure.files import File, InclusionLevel

    for path in sorted(path for pattern in OUTSIDE for path in ROOT.glob(pattern)):
        name = path.relative_to(ROOT).as_posix()
        listed = InclusionLevel.NOT_IN_NAV if name.count("/") > 1 else InclusionLevel.UNDEFINED
        files.append(File.generated(config, name, abs_src_path=str(path), inclusion=listed))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Turn links between docs/ and what stands beside it into links within the site."""
    if (ROOT / page.file.src_uri).is_file():
        return re.sub(r"\]\(((?:\.\./)*)docs/", r"](\1", markdown)
    return markdown.replace("](../", "](")
