"""Fetching what publishers give into the folder of raw files; nothing here reads what is in it.

`openalex.py` holds what a command calls; `snapshot.py` mirrors the public bucket, `api.py` pages through the REST API.
Whatever stops a fetch, what was fetched before stays, and the same call goes on from there.
"""
