"""The rules of the Best Practice for EO Application Packages, and how a document is held to them.

Runs in the process that loads documents: plain Python over the text, no contracts, nothing of a document executed.
"""
