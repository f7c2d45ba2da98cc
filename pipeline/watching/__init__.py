"""A living review: ask for new papers on a query or around a review, acquire and mine them, tell what is new.

    report = watch("membrane-coated nanoparticles", Path("living"), WatchSettings(email="me@university.edu"))

Each call is one look; a scheduler makes it a watch. What a look knows stands in watch.json of the output folder.
"""

from pipeline.watching.looking import WatchReport, watch
from pipeline.watching.settings import WatchSettings
from pipeline.watching.state import STATE, WatchState

__all__ = ["STATE", "WatchReport", "WatchSettings", "WatchState", "watch"]
