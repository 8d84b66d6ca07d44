"""Lenses under which partners are ranked, one TOML file each; the file name is the identifier."""
