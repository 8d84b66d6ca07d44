"""One file for each question the engine answers; each composes indicators and computes nothing of its own."""
