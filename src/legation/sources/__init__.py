"""One file for each upstream: origin, licence, row bounds, and how its files become tables."""
