"""What a name says of a state or a type, where no map says it: words in several languages, each a guess."""

from __future__ import annotations

import re

from vmo_helpers.sources.importing.mapping import State, Type
from vmo_helpers.vocabulary import ALIASES, StateClass, WorkType

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

_WAIT = re.compile(
    r"wait|queue|ready (for|to)|ready$|blocked|on.?hold|parked|paused|pending|"
    r"\(done\)|to be (reviewed|tested|released|approved)|"
    r"wart|bereit (für|zu)|blockiert|zurückgestellt|pausiert|angehalten|freigabe offen|in der schlange|"
    r"en attente|espera|attesa|等待|待|阻塞|搁置|挂起|暂停",
    re.IGNORECASE,
)
_CANCELLED = re.compile(
    r"cancel|reject|declin|abandon|won.?t|duplicate|discard|remov|obsolete|withdrawn|"
    r"abgebrochen|verworfen|abgelehnt|storniert|annul|cancelad|取消|拒绝|作废|废弃",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(done|closed|complete(d)?|finished|released|resolved|live|shipped|delivered)\b|"
    r"fertig|erledigt|geschlossen|abgeschlossen|terminé|hecho|完成|关闭|已解决|已发布",
    re.IGNORECASE,
)
_BACKLOG = re.compile(
    r"backlog|\b(open|new|to ?do|idea|funnel|proposed|draft|inbox)\b|offen|^neu|idee|zu erledigen|"
    r"待办|新建|打开|未开始|开放",
    re.IGNORECASE,
)
_GATE = re.compile(r"approv|sign.?off|gate|freigabe|genehmig|审批|批准", re.IGNORECASE)

_LEVELS = (
    ("sub-task", r"sub.?task|\btask\b|unteraufgabe|teilaufgabe|子任务"),
    ("initiative", r"initiative|theme|portfolio|举措"),
    ("epic", r"epi[ck]|长篇|史诗"),
    ("feature", r"feature|capabilit|funktion|特性"),
)
_WORK_TYPES = (
    (WorkType.DEFECT, r"bug|defect|fehler|缺陷|故障|incident"),
    (WorkType.ENABLER, r"enabler|spike|architect"),
    (WorkType.DEBT, r"tech\w* debt|technische schuld"),
    (WorkType.RISK, r"\brisk"),
    (WorkType.COMPLIANCE, r"complian|regulat"),
)


def state(name: str, category: str = "") -> State:
    """What a state most likely is, marked as a guess. ``category``: the tool's own, where it says one."""
    folded = re.sub(r"[\s-]+", "_", name.strip().lower())
    class_: str = CATEGORY.get(category.replace(" ", "").lower(), "")
    if class_ in ("", StateClass.DONE) and _CANCELLED.search(name):
        class_ = StateClass.CANCELLED
    elif class_ in ("", StateClass.ACTIVE) and _WAIT.search(name) and not _todo(name, class_):
        class_ = StateClass.WAIT
    if not class_:
        class_ = ALIASES[StateClass].get(folded, "") or (
            StateClass.DONE
            if _DONE.search(name)
            else StateClass.BACKLOG
            if _BACKLOG.search(name)
            else StateClass.ACTIVE
        )
    started = class_ in (StateClass.ACTIVE, StateClass.WAIT)
    return State(name=name, class_=str(class_), gate=started and bool(_GATE.search(name)), guess=True)


def _todo(name: str, class_: str) -> bool:
    """待办 is a list of what is to be done, no queue."""
    return not class_ and bool(_BACKLOG.search(name))


def type_(name: str, height: int | None = None) -> Type:
    """What a type of item most likely is. ``height``: Jira's level in the hierarchy, −1 for a sub-task."""
    by_height = None if height is None else {-1: "sub-task", 0: "story", 1: "epic"}.get(height, "initiative")
    level = next((level for level, words in _LEVELS if re.search(words, name, re.IGNORECASE)), "story")
    kind = next((kind for kind, words in _WORK_TYPES if re.search(words, name, re.IGNORECASE)), "feature")
    return Type(name=name, level=by_height or level, work_type=str(kind), guess=True)


CANCELLED_RESOLUTION = re.compile(
    r"won.?t|duplicat|cannot repro|declin|reject|cancel|abandon|obsolete|invalid|not a bug|"
    r"wird nicht|nicht reproduz|doppel|abgelehnt|abgebrochen|不做|重复|无法重现|取消|拒绝|无效",
    re.IGNORECASE,
)
"""Resolutions under which nothing was delivered."""

BLOCKING_LINK = re.compile(r"block|blockier|depend|abhäng|阻塞|依赖", re.IGNORECASE)
"""Kinds of links whose inward end waits for the other."""
