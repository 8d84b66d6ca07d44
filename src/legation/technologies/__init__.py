"""Technology definitions, one TOML file each; the file name is the identifier."""
