"""One file for each kind of fact: its key, columns, units and meaning."""
