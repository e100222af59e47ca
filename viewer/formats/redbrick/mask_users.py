"""Which series of an export name a mask file, and what they say of its voxels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from viewer.formats.redbrick.mask_files import SeriesFiles
from viewer.formats.redbrick.segments import found_beside
from viewer.model.source import Beside


class MaskUsers:
    """Tells files of one series from those of several, and what numbers in them are.

    What is painted on one series would change on the others too, whose records know nothing of it.
    Series may spell the name of one file in different ways.

    Args:
        named: the files of each series that has instances, and the numbers that these have.
        beside: what lies around the export.
    """

    def __init__(self, named: Iterable[SeriesFiles], beside: Beside | None) -> None:
        self._named = list(named)
        self._beside = beside
        self._of_path: dict[str, dict[str, list[SeriesFiles]]] = {}

    def problem(self, names: Sequence[str]) -> str:
        """Return why files must not change, in words; "" where they may."""
        shared = next((name for name in names if self._is_of_several(name)), None)
        if shared is None:
            return ""
        return f"its mask file {shared} is that of another series too; it is shown, not changed"

    def numbers(self, name: str) -> frozenset[int] | None:
        """Return the numbers of voxels in a file that are anybody's; None where it is not said."""
        told = [series.numbers for series in self._users(name)]
        known = [numbers for numbers in told if numbers is not None]
        return frozenset[int]().union(*known) if known and len(known) == len(told) else None

    def _is_of_several(self, name: str) -> bool:
        return len(self._users(name)) > 1

    def _users(self, name: str) -> Sequence[SeriesFiles]:
        """Return the series that name a file, however they spell it."""
        last = _last(name)
        alike = self._by_last.get(last, ())
        if len(alike) < 2:
            return alike
        if last not in self._of_path:
            self._of_path[last] = self._by_path(last)
        return self._of_path[last].get(found_beside(self._beside, name) or "", ())

    @cached_property
    def _by_last(self) -> dict[str, list[SeriesFiles]]:
        """The series that name a file of this last part."""
        found: dict[str, list[SeriesFiles]] = {}
        for series in self._named:
            for last in {_last(name) for name in series.names}:
                found.setdefault(last, []).append(series)
        return found

    def _by_path(self, last: str) -> dict[str, list[SeriesFiles]]:
        """Return the series that name each of the files that end like this."""
        found: dict[str, list[SeriesFiles]] = {}
        for series in self._by_last[last]:
            names = (name for name in series.names if _last(name) == last)
            for path in {path for name in names if (path := found_beside(self._beside, name))}:
                found.setdefault(path, []).append(series)
        return found


def _last(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].casefold()
