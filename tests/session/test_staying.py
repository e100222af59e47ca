"""What is open is read as it is shown, though matches that nobody shows were made meanwhile."""

from __future__ import annotations

import json
from pathlib import Path
from queue import Queue

from bound import pictures

from viewer.formats import read_export
from viewer.geometry.shapes import Box
from viewer.model.annotation import AnnotationId
from viewer.review.matching import match
from viewer.session.jobs import Jobs
from viewer.session.session import Session
from viewer.session.staying import stay

ID = AnnotationId("1", 0)
BOX = {"pointTopLeft": {"xNorm": 0.5, "yNorm": 0.5}, "wNorm": 0.25, "hNorm": 0.5, "category": "c"}


def test_given_up_matches_over_other_pictures_leave_labels_where_they_are(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    series = {"items": ["a.png"], "boundingBoxes": [BOX]}
    path.write_text(json.dumps([{"taskId": "t", "name": "n", "series": [series]}]))
    project, media = read_export(path), pictures(["a.png"], size=(8, 4))
    session, heard = Session(), list[int]()
    session.open(project, [media], (), match(project, [media]))
    session.project_changed.connect(lambda: heard.append(1))

    def shape() -> object:
        return session.project.annotations[ID].placements[0].shape

    assert shape() == Box(4, 2, 2, 2)
    match(project, [pictures(["a.png"], size=(80, 40))])
    assert shape() == Box(40, 20, 20, 20)
    calls: Queue[object] = Queue()
    jobs = Jobs(calls.put)
    for times in (1, 1):  # said once, since nothing is otherwise the second time
        stay(session, jobs, "open")
        call = calls.get(timeout=60)
        assert callable(call)
        call()
        assert shape() == Box(4, 2, 2, 2)
        assert len(heard) == times
    jobs.close()
