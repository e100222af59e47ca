"""Ctrl+G, Ctrl+K and the list's text filter over 1,000,000 labels, in a real window under watch.

Run: python tests/benchmarks/bench_search.py [ROWS]
Goals: no key holds the main thread for more than 50 ms, painting included; Ctrl+G takes at most as
long as a plain scan in Python over the ids and labels of all rows, in memory beforehand.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_label_list import BYTES_PER_ROW
from bench_live_window import demo_and_export
from live import Watch, running, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from rounds import compared

from viewer.app import Program
from viewer.session.searching import asked_of, search
from viewer.ui.labels.model import JOB as LIST

ROUNDS = 5
SEARCH = "search"  # the job of both popups; views may go on with their labels meanwhile
PLAIN = "plain scan"


def keys_into(made: Program, asking: str, text: str) -> Callable[[], None]:
    """Return what opens the popup, types, and waits for the answer of each key."""

    def run() -> None:
        popup = made.window.palette_.popup
        made.window.actions_[asking].trigger()
        for letter in text:
            QTest.keyClicks(popup.field, letter)
            running(0.05)  # as fast as people type
        until(lambda: not made.jobs.is_busy(SEARCH))
        running(0.1)
        QTest.keyClick(popup.field, Qt.Key.Key_Escape)

    return run


def steps(made: Program, id: str, uid: str) -> dict[str, Callable[[], object]]:
    """Return what a person does, in order."""
    panel = made.window.label_panel

    def filtered(text: str) -> None:
        panel.filter.clear()
        for letter in text:
            QTest.keyClicks(panel.filter, letter)
            running(0.05)
        until(lambda: not made.jobs.is_busy(LIST))

    return {
        "Ctrl+G: a slice": keys_into(made, "go.to", "#57"),
        "Ctrl+G: an id": keys_into(made, "go.to", id),
        "Ctrl+G: a label's name": keys_into(made, "go.to", "label 7"),
        "Ctrl+G: a SOP Instance UID": keys_into(made, "go.to", uid),
        "Ctrl+G: nothing": keys_into(made, "go.to", "xyzzy"),
        "Ctrl+K: a command": keys_into(made, "app.palette", "invert"),
        "Ctrl+K: labels alone": keys_into(made, "app.palette", "@label 11"),
        "filter: a label's name": partial(filtered, "label 7"),
        "filter: an id": partial(filtered, id),
        "no filter": lambda: filtered(""),
    }


def ratios(made: Program, texts: dict[str, str]) -> list[float]:
    """Print how long answers take beside a plain scan; return their ratios."""
    session = made.session
    bases = session.project.annotations.bases
    largest = max(bases, key=lambda id: bases[id].columns.count)
    columns, export = bases[largest].columns, session.project.exports[largest]
    ids = [columns.native_ids[row] for row in range(columns.count)]
    titles = [export.ontology.by_id[id].title for id in columns.classes]
    named = [titles[code] for code in columns.class_codes.tolist()]
    found: list[float] = []
    for title, text in texts.items():

        def plain(text: str = text) -> None:
            [
                n
                for n, (id, name) in enumerate(zip(ids, named, strict=True))
                if text in id.lower() or text in name.lower()
            ]

        def ours(text: str = text) -> None:
            columns.native_ids.__dict__.pop("_asked", None)  # what was asked before is not known
            search(asked_of(session, text))

        took = compared({PLAIN: plain, "Ctrl+G": ours}, ROUNDS)
        seconds, ratio = took["Ctrl+G"]
        print(f"{title:44} {seconds * 1000:6.1f} ms, {ratio:.2f} x a {PLAIN} (goal 1)", flush=True)
        found.append(ratio)
    return found


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with demo_and_export(count * BYTES_PER_ROW, corners=3) as (made, path, written):
        with Watch(f"open {written:,} labels") as opening:
            made.window.opening.open([str(path)])
            until(lambda: written <= len(made.session.project.annotations), 600.0)
            until(lambda: not made.jobs.is_busy(), 1800.0)  # views work out every label they cut
            running(0.5)
        opening.report()
        id, uid = f"a_{written // 2:06d}", made.session.media[0].instances[70].sop_uid
        watches: list[Watch] = []
        for title, action in steps(made, id.upper(), uid).items():
            with Watch(title) as watch:
                action()
                running(0.2)
            watch.report()
            watches.append(watch)
        texts = {"an id": id, "a label's name": "label 7", "nothing": "xyzzy"}
        found = ratios(made, texts)
    made.window.saving.may_leave = lambda _exports: True
    made.window.close()
    is_fine = all(watch.is_live for watch in watches) and max(found) <= 1.0
    print("every goal is met" if is_fine else "a goal is missed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
