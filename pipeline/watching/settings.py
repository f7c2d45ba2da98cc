"""Settings of a watch: those of downloads, and how often what is asked again."""

from __future__ import annotations

from pydantic import Field

from pipeline.acquisition import AcquisitionSettings


class WatchSettings(AcquisitionSettings):
    """Everything that decides how papers are watched for; :class:`AcquisitionSettings` holds most of it."""

    overlap_days: int = Field(
        default=7, ge=0, description="days before the last look that a query asks for again: services index late"
    )
    retry_days: float = Field(
        default=30, ge=0, description="days until a paper without an open copy is asked for again: embargoes end"
    )
    notices_hours: float = Field(
        default=20, ge=0, description="hours until a paper is asked for again whether it was retracted or corrected"
    )
    most_acquired: int = Field(
        default=500, ge=1, description="papers that one look asks for copies of; the others wait for the next"
    )
