"""How answers are shown: command line, brief, pages. Surfaces render answers and compute nothing."""
