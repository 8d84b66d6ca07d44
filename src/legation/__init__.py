"""Legation: an open evidence engine for science and technology diplomacy."""
