"""Cores: the longest phrase that names a particle's material, parsed into materials, structure and form.

A core's name is built from the right: a form ("nanoparticles", "liposomes", "MOF") with the materials, structures and
modifiers before it, or a material that is a core by itself ("PLGA", "ZIF-8"). "Nanoparticles" alone names nothing.
"""

from pipeline.ner.rules.cores.facts import parse, printed
from pipeline.ner.rules.cores.find import find
from pipeline.ner.rules.cores.grounds import names_material

__all__ = ["find", "names_material", "parse", "printed"]
