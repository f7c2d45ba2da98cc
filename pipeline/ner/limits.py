"""How far the rules look and what they take as too little: the section ``[components.rules.limits]`` of config.cfg."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from pipeline.records import Score


class RuleLimits(BaseModel):
    """Windows in characters, within the sentence where one is meant, sizes in nanometres, and least shares.

    Attributes:
        species: to either side of a cell line, where the species is named that tells lines of one name apart.
        counted: to either side of an abbreviation of cells, where it may be said that they are counted in blood.
        loading: in front of a chemical, where it is said that something is loaded with it or delivers it.
        loading_of_short: the same in front of an abbreviation that may mean other things.
        long_form: least share of an abbreviation's long form that a drug's name in it must make up.
        borne: behind "with", where it is told what animals bear.
        sized: in front of a length, where a word of size settles that it is one.
        sized_before: in front of a length, where a word of size makes it surer.
        sized_behind: the same behind it.
        listed: in front of a length, where the one before it in a list without a unit of its own begins.
        growing: in front of two lengths, where it is told that particles grow from one to the other.
        micro: in front of a length, where a word for microspheres lets it be larger.
        smallest: a shorter length is no size of a particle.
        smallest_unitless: a shorter one of a list whose unit is told once, in front of it, is a count or a ratio.
        largest: a longer length is none, except for microspheres.
        largest_micro: a longer length is no microsphere's.
        light: a single length above this, without a spread, is a wavelength if no word says that it is a size.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    species: int = Field(default=80, ge=1)
    counted: int = Field(default=60, ge=1)
    loading: int = Field(default=50, ge=1)
    loading_of_short: int = Field(default=60, ge=1)
    long_form: Score = 0.6
    borne: int = Field(default=50, ge=1)
    sized: int = Field(default=45, ge=1)
    sized_before: int = Field(default=80, ge=1)
    sized_behind: int = Field(default=40, ge=1)
    listed: int = Field(default=30, ge=1)
    growing: int = Field(default=90, ge=1)
    micro: int = Field(default=60, ge=1)
    smallest: float = Field(default=1.0, ge=0)
    smallest_unitless: float = Field(default=10.0, ge=0)
    largest: float = Field(default=5_000.0, gt=0)
    largest_micro: float = Field(default=200_000.0, gt=0)
    light: float = Field(default=300.0, gt=0)
