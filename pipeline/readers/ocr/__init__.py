"""Optical character recognition of a PDF's pages without text, on request (``--ocr``).

The engine is rapidocr (the extra ``ocr``; its weights come in its wheel, nothing is fetched) or, where that is not
installed, tesseract on PATH. It gives words with boxes; lines, order and tables are the PDF reader's own.
"""

from pipeline.readers.ocr.pool import Recogniser
from pipeline.readers.ocr.values import Scan, Scans, SeenWord

__all__ = ["Recogniser", "Scan", "Scans", "SeenWord"]
