"""What of a text can be folded away: whatever is indented below a line, and comments of several lines."""

from __future__ import annotations


def folds(text: str) -> list[tuple[int, int, bool]]:
    """Gives (first line, last line, is a comment) of each, lines counted from 1, the outermost first.

    Lines alone are looked at, whatever the text holds; a blank line at the end of one is no part of it.
    """
    found: list[tuple[int, int, bool]] = []
    open_: list[tuple[int, int]] = []
    comment = 0
    last = 0
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare:
            continue
        if bare.startswith("#"):
            if not comment or (comment and number - 1 != last):
                comment = number
            last = number
            if found and found[-1][2] and found[-1][0] == comment:
                found.pop()
            if number > comment:
                found.append((comment, number, True))
            continue
        comment = 0
        indent = len(line) - len(line.lstrip(" "))
        # the dashes of a list may stand where its key does
        level = indent * 2 + (1 if bare.startswith("- ") or bare == "-" else 0)
        while open_ and open_[-1][1] >= level:
            first, _ = open_.pop()
            if last > first:
                found.append((first, last, False))
        open_.append((number, level))
        last = number
    for first, _ in open_:
        if last > first:
            found.append((first, last, False))
    return sorted(found, key=lambda one: (one[0], -one[1]))
