"""A package version in the words of others: citations, research objects, linked data. One module a format.

Each takes a `CitedPackage` and gives text or plain values; plain text that a format needs is given as such, because
reading TeX is the pages' work.
"""
