"""Find papers and download open-access copies by DOI. Opens connections, and only when called.

    report = acquire(["10.3762/bjnano.14.24"], Path("papers"), AcquisitionSettings(email="me@university.edu"))

Importing this package opens nothing; the HTTP library is the extra ``coatmine[acquire]``.
"""

from pipeline.acquisition.acquiring import Progress, acquire
from pipeline.acquisition.discovering import around_review, notices, search
from pipeline.acquisition.dois import dois_from_bibliography, dois_from_manifest, dois_of_references, normalise_doi
from pipeline.acquisition.found import Discovery, FoundPaper, NoticesFound, Relation
from pipeline.acquisition.manifest import AcquisitionReport, Manifest, Paper, PaperStatus
from pipeline.acquisition.settings import AcquisitionSettings, Services

__all__ = [
    "AcquisitionReport",
    "AcquisitionSettings",
    "Discovery",
    "FoundPaper",
    "Manifest",
    "NoticesFound",
    "Paper",
    "PaperStatus",
    "Progress",
    "Relation",
    "Services",
    "acquire",
    "around_review",
    "dois_from_bibliography",
    "dois_from_manifest",
    "dois_of_references",
    "normalise_doi",
    "notices",
    "search",
]
