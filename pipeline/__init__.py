"""coatmine: records of membrane-coated nanoparticles from the literature."""
