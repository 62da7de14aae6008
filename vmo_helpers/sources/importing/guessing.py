"""What category and name say of a state, and a name of a type, where no map says it: each a guess."""

from __future__ import annotations

import re

from vmo_helpers.sources.guesses import BY_NAME, class_by_name
from vmo_helpers.sources.importing.mapping import State, Type
from vmo_helpers.vocabulary import StateClass, WorkType

BY_CATEGORY, UNSAID = "by its category", "for want of a category and a telling name"
"""Why a class was guessed so, beside ``guesses.BY_NAME``."""

CATEGORY = {
    "new": StateClass.BACKLOG,
    "undefined": StateClass.BACKLOG,
    "indeterminate": StateClass.ACTIVE,
    "done": StateClass.DONE,
    "proposed": StateClass.BACKLOG,
    "inprogress": StateClass.ACTIVE,
    "resolved": StateClass.WAIT,
    "completed": StateClass.DONE,
    "removed": StateClass.CANCELLED,
}
"""What the tools call a category of states. Azure DevOps' Resolved is done in one process and waits for a
test in another: a person must say which."""

_GATE = re.compile(r"approv|sign.?off|gate|freigabe|genehmig|审批|批准", re.IGNORECASE)

_LEVELS = (
    ("sub-task", r"sub.?task|\btask\b|unteraufgabe|teilaufgabe|sous.t[âa]che|sub.?tare[af]|子任务"),
    ("initiative", r"initiative|theme|portfolio|举措"),
    ("epic", r"[eé]pi[ck]|\bepos\b|épopée|epopeya|长篇|史诗"),
    ("feature", r"feature|capabilit|funktion|fonctionnalit|caracter[ií]stica|特性"),
)
_WORK_TYPES = (
    (WorkType.DEFECT, r"bug|defect|fehler|bogue|anomalie|error|defecto|缺陷|故障|incident"),
    (WorkType.ENABLER, r"enabler|spike|architect"),
    (WorkType.DEBT, r"tech\w* debt|technische schuld"),
    (WorkType.RISK, r"\brisk"),
    (WorkType.COMPLIANCE, r"complian|regulat"),
)


def state(name: str, category: str = "") -> State:
    """What a state most likely is, marked with why it was guessed so. ``category``: the tool's own, where it
    says one; the name may make active work wait, and what is done cancelled."""
    said, named = CATEGORY.get(category.replace(" ", "").lower()), class_by_name(name)
    finer = {StateClass.ACTIVE: StateClass.WAIT, StateClass.DONE: StateClass.CANCELLED}
    refined = named is not None and (not said or finer.get(said) == named)
    why = BY_NAME if refined else BY_CATEGORY if said else UNSAID
    found = (named if refined else said) or StateClass.ACTIVE
    started = found in (StateClass.ACTIVE, StateClass.WAIT)
    return State(name=name, class_=str(found), gate=started and bool(_GATE.search(name)), guess=why)


def type_(name: str, height: int | None = None) -> Type:
    """What a type of item most likely is. ``height``: Jira's level in the hierarchy, −1 for a sub-task."""
    by_height = None if height is None else {-1: "sub-task", 0: "story", 1: "epic"}.get(height, "initiative")
    level = next((level for level, words in _LEVELS if re.search(words, name, re.IGNORECASE)), "story")
    kind = next((kind for kind, words in _WORK_TYPES if re.search(words, name, re.IGNORECASE)), "feature")
    return Type(name=name, level=by_height or level, work_type=str(kind), guess=BY_NAME)


CANCELLED_RESOLUTION = re.compile(
    r"won.?t|duplicat|cannot repro|declin|reject|cancel|abandon|obsolete|invalid|not a bug|"
    r"\bcut\b|removed from|wird nicht|nicht reproduz|doppel|abgelehnt|abgebrochen|不做|重复|"
    r"无法重现|取消|拒绝|无效",
    re.IGNORECASE,
)
"""Resolutions under which nothing was delivered."""

BLOCKING_LINK = re.compile(r"block|blockier|depend|abhäng|阻塞|依赖", re.IGNORECASE)
"""Kinds of links whose inward end waits for the other."""
