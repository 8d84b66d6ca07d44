"""Tables people bring, read by a small mapping file that says which of their columns holds what.

`declared` reads the mapping file, `opening` opens a file without trusting it, `reading` gives its columns with the line
of each row, `places` finds countries, `works` and `facts` make the tables, `report` says row by row what does not fit.
"""
