"""The language server: a door that speaks the Language Server Protocol, so that every editor gets what the Lab has.

It translates positions, kinds and words, and decides nothing: what is asked goes to the rooms `cwl` and `packages`.
pygls is imported here and nowhere else.
"""
