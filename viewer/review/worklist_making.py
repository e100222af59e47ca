"""Worklists made of labels by a rule: drawn, then ordered."""

from __future__ import annotations

import numpy as np

from viewer.model.project import Project
from viewer.model.source import digest_of
from viewer.model.task import TaskKey
from viewer.review.filtering import Filter, fitting
from viewer.review.label_keys import LabelKeys, Numbers, keys_of
from viewer.review.label_rows import rows_of
from viewer.review.label_sizes import Check
from viewer.review.matching import Matches
from viewer.review.sampling import SampleRule, Words, sample, words
from viewer.review.strata import status_of, strata_of
from viewer.review.task_codes import NO_TASK, task_codes, tasks_of
from viewer.review.worklist import Rule, Worklist


def worklist_of(
    project: Project, rule: Rule, labels: LabelKeys, check: Check = lambda: None
) -> Worklist:
    """Return the worklist of some labels. A million take half a second: not on the main thread.

    Args:
        rule: which of them, in which order.
        labels: those that it speaks of, in the order of the list.
        check: called about every millisecond where records are decoded; may raise to stop.
    """
    if rule.sample is not None:
        labels = drawn(project, labels, rule.sample, check)
    if rule.order == "task":
        labels = labels.at(_by_task(project, labels))
    return Worklist(rule, labels)


def studies_of(project: Project, rule: Rule) -> Worklist:
    """Return the worklist of studies, tasks or rows as wholes, as listed: all, or a sample.

    A sample is drawn by their statuses alone.
    """
    tasks, statuses = list[TaskKey](), list[str]()
    lots = [np.empty(0, dtype=np.uint64)]
    for export in project.exports.values():
        own = {task.id: task for task in tasks_of(export)}
        tasks += [TaskKey(export.id, id) for id in own]
        statuses += map(status_of, own.values())
        if rule.sample is not None and own:
            stream = f"{digest_of(export.sources)} tasks"
            lots.append(words(rule.sample.seed, stream, len(own)))
    if rule.sample is not None and tasks:
        names = statuses if rule.sample.by else [""] * len(tasks)
        known = {name: code for code, name in enumerate(sorted({*names}))}
        strata = np.array([known[name] for name in names], dtype=np.int64)
        drawn_at: list[int] = sample(strata, np.concatenate(lots), rule.sample).tolist()
        tasks = [tasks[at] for at in drawn_at]
    return Worklist(rule, tasks=tuple(tasks))


def fitted(
    project: Project, matches: Matches, wanted: Filter, check: Check = lambda: None
) -> LabelKeys:
    """Return the labels that fit a filter, in reading order, those made here last."""
    with matches.tellings.in_effect():
        rows = rows_of(project, matches)
        fits = fitting(wanted, rows, project, matches.lookup, check)
    return keys_of(project, map(rows.id_at, np.flatnonzero(fits).tolist()))


def drawn(
    project: Project, labels: LabelKeys, rule: SampleRule, check: Check = lambda: None
) -> LabelKeys:
    """Return a sample of labels, in their order."""
    strata = strata_of(project, labels, rule.by, check)
    return labels.at(sample(strata.codes, _priorities(project, labels, rule.seed), rule))


def _priorities(project: Project, labels: LabelKeys, seed: int) -> Words:
    """(n,) the random words of each label, by the digest of its export's files and its ordinal."""
    found = np.zeros(len(labels), dtype=np.uint64)
    is_new = np.zeros(len(labels), dtype=np.bool_)
    is_new[labels.new] = True
    for code, id in enumerate(labels.exports):
        digest = digest_of(project.exports[id].sources)
        for made, stream in ((False, digest), (True, f"{digest} new")):
            here = (labels.export_codes == code) & (is_new == made)
            if here.any():
                ordinals = labels.ordinals[here]
                found[here] = words(seed, stream, int(ordinals.max()) + 1)[ordinals]
    return found


def _by_task(project: Project, labels: LabelKeys) -> Numbers:
    """Return places task by task, export by export; of one task in their order."""
    codes = task_codes(project, labels)
    last = np.where(codes == NO_TASK, np.iinfo(np.int64).max, codes)
    return np.lexsort((last, labels.export_codes))
