"""The whole of OpenAlex, or what was fetched of it, as counts in a store: with bounded memory, and bit by bit.

raw files → records, one file for each → which version of each work is current → counts → the store
"""

from legation.corpus.building import build_corpus as build_corpus
