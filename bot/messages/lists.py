"""Lists: which entries are told where there is no room for all; what matters most is never left out
for what matters less.
"""

from collections.abc import Sequence


def held(ranks: Sequence[int], most: int, lengths: Sequence[int] | None = None) -> list[int]:
    """The places of the entries that are told, in their order: those of the lowest rank first, as
    long as their lengths, of 1 where none are given, come to no more than `most`.
    """
    kept: list[int] = []
    for place in sorted(range(len(ranks)), key=lambda place: ranks[place]):
        most -= lengths[place] if lengths else 1
        if most < 0:
            break
        kept.append(place)
    return sorted(kept)


def fitting(lines: Sequence[str], most: int) -> tuple[list[str], int]:
    """The first lines, of at most so many characters with what joins them, and how many more there
    are.
    """
    kept = held([0] * len(lines), most, [len(line) + 2 for line in lines])
    return [lines[place] for place in kept], len(lines) - len(kept)
