"""One file for each indicator: definition, formula, unit, reference, caveats, worked example, computation."""
