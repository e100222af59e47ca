"""What an export asks about its labels, and what can be answered: from its ontology, else records.

Many exports list no questions. What their other records were asked and answered tells then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec
import numpy as np

from viewer.model.annotation import Annotation
from viewer.model.answers import Attribute, AttributeValue, below_ends
from viewer.model.ontology import LabelClass
from viewer.model.project import Project
from viewer.model.table import Base
from viewer.review.kept import Kept

Question = tuple[str, int]  # name and depth: keys may differ from record to record
Brought = tuple[str, Attribute]  # key of the one above, question
MOST_RECORDS = 2_000  # of a class that are looked through
MOST_PLACEMENTS = 4  # of a track
CHECK_EVERY = 16  # records, about a millisecond


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of the questions about labels of one class.

    Args:
        options: answers that were given or are listed, in the order they were met.
        below: the questions, without answers, that an option brings; each with the key of the one
            above it there, since keys may say where an answer stands.
    """

    options: Mapping[Question, tuple[str, ...]] = field(
        default_factory=dict[Question, tuple[str, ...]]
    )
    below: Mapping[tuple[Question, str], tuple[Brought, ...]] = field(
        default_factory=dict[tuple[Question, str], tuple[Brought, ...]]
    )

    def options_of(self, attribute: Attribute) -> tuple[str, ...]:
        """Return what can be chosen: what the attribute lists, else what others answered."""
        listed = attribute.options or self.options.get(_question(attribute), ())
        return tuple(dict.fromkeys((*listed, *_chosen(attribute.value))))

    def asked_by(self, attribute: Attribute, value: AttributeValue) -> tuple[Attribute, ...]:
        """Return the questions that another answer to an attribute brings."""
        if attribute.kind not in ("choice", "choices"):
            return ()
        fresh = [option for option in _chosen(value) if option not in _chosen(attribute.value)]
        keys = ((_question(attribute), option) for option in fresh)
        return tuple(
            _moved(each, attribute.key) for key in keys for each in self.below.get(key, ())
        )


NOTHING_KNOWN = Known()
_known: Kept[tuple[Base, str], Known] = Kept(64, for_views=True)


def known_of(
    project: Project, export: str, class_id: str, check: Callable[[], None] = lambda: None
) -> Known:
    """Return what is known of the questions about one class of an export; kept once worked out.

    Args:
        project: that holds the export.
        export: its id.
        class_id: of the labels.
        check: called again and again; raises where the answer is no longer wanted.
    """
    base = project.annotations.bases.get(export)
    if base is None or export not in project.exports:
        return NOTHING_KNOWN
    label = project.exports[export].ontology.by_id.get(class_id)
    return _known.get((base, class_id), lambda: _worked_out(base, class_id, label, check))


def is_known(project: Project, export: str, class_id: str) -> bool:
    """Whether `known_of` answers at once."""
    base = project.annotations.bases.get(export)
    return base is None or (base, class_id) in _known


def _worked_out(
    base: Base, class_id: str, label: LabelClass | None, check: Callable[[], None]
) -> Known:
    options: defaultdict[Question, dict[str, None]] = defaultdict(dict)
    below: defaultdict[tuple[Question, str], dict[str, Brought]] = defaultdict(dict)
    listed = (label.questions, label.frame_questions, label.nested) if label is not None else ()
    for attributes in (*listed, *_of_records(base, class_id, check)):
        for at, each in enumerate(attributes):
            found = (*each.options, *_chosen(each.value))
            options[_question(each)].update(dict.fromkeys(found))
            for option, child in _children(attributes, at):
                bare = msgspec.structs.replace(child, value=None, under=option)
                below[_question(each), option].setdefault(child.name, (each.key, bare))
    return Known(
        {question: tuple(names) for question, names in options.items()},
        {key: tuple(children.values()) for key, children in below.items()},
    )


def _of_records(
    base: Base, class_id: str, check: Callable[[], None]
) -> Iterator[tuple[Attribute, ...]]:
    """Yield the attributes of records of a class, and of their first placements."""
    if class_id not in base.columns.classes:
        return
    code = base.columns.classes.index(class_id)
    rows = np.flatnonzero(base.columns.class_codes == code)[:MOST_RECORDS]
    for number, ordinal in enumerate(rows.tolist()):
        if number % CHECK_EVERY == 0:
            check()
        yield from _of_annotation(base.decode(ordinal))


def _of_annotation(annotation: Annotation) -> Iterable[tuple[Attribute, ...]]:
    yield annotation.attributes
    for placement in annotation.placements[:MOST_PLACEMENTS]:
        yield placement.attributes


def _children(attributes: tuple[Attribute, ...], at: int) -> Iterator[tuple[str, Attribute]]:
    """Yield (option, question) of what is asked one below attribute number `at`."""
    above = attributes[at]
    for child in attributes[at + 1 : below_ends(attributes, at)]:
        if child.depth != above.depth + 1:
            continue
        chosen = _chosen(above.value)
        option = child.under or (chosen[0] if len(chosen) == 1 else "")
        if option:
            yield option, child


def _moved(brought: Brought, above: str) -> Attribute:
    """Return a question with the key that it has below another one."""
    key, question = brought
    if not key or not question.key.startswith(key):
        return question
    return msgspec.structs.replace(question, key=above + question.key[len(key) :])


def _chosen(value: AttributeValue) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) and value else ()


def _question(attribute: Attribute) -> Question:
    return attribute.name, attribute.depth
