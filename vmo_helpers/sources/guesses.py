"""What the name of a board's state says of its class, in the languages that boards are kept in.

A guess is no knowledge: whoever writes one into a table marks it in the column ``guessed``.
"""

from __future__ import annotations

import re

from vmo_helpers.vocabulary import StateClass

BY_NAME, BY_HISTORY = "by its name", "by its place in the history"
"""Why a class was guessed so, as the column ``guessed`` of ``states`` says it."""

# In the order in which they are tried: what is "ready for release" waits. A * stands for any ending.
_WORDS = (
    (
        StateClass.CANCELLED,
        "cancel* abort* reject* withdrawn abandoned discard* dropped declined duplicate* obsolete invalid "
        "removed killed entfernt supprimé* eliminad* quitad* "
        "stopped gestoppt eingestellt arrêté* "
        "won_t_* wont_* abgebrochen abgelehnt verworfen storniert zurückgezogen annul* "
        "cancelad* rechazad* 取消 拒绝",
    ),
    (
        StateClass.WAIT,
        "wait* await* queue* ready ready_for blocked on_hold hold pending paused parked impeded suspended "
        "stalled approval* wartet warten* warte* bereit blockiert pausiert zurückgestellt "
        "angehalten ausstehend freigabe genehmigung attente espera bloqué* bloquead* aguardando* "
        "等待 阻塞 暂停 挂起 排队 待审 待测 待发布",
    ),
    (
        StateClass.DONE,
        "done closed complete completed finished released deployed delivered live shipped archived "
        "in_production fertig erledigt abgeschlossen geschlossen beendet ausgeliefert terminé* hecho "
        "cerrad* finalizad* terminad* concluíd* feito fermé* 完成 关闭",
    ),
    (
        StateClass.BACKLOG,
        "backlog new to_do todo open idea* funnel proposed submitted draft icebox not_started intake inbox "
        "selected_for requested created neu offen idee* eingang zu_erledigen entwurf nicht_begonnen à_faire "
        "por_hacer nuev* nouveau nouvelle a_fazer 待办 未开始 新建",
    ),
    (
        StateClass.ACTIVE,
        "progress doing develop* dev build* implement* test* review* analy* design* active coding working "
        "started ongoing verify verifying verification validation validating deploy* pilot* refine* arbeit "
        "bearbeitung umsetzung entwicklung prüfung laufend aktiv actif activo activa en_cours en_curso "
        "em_andamento 进行中 开发 测试",
    ),
)


def _pattern(words: str) -> re.Pattern[str]:
    parts = [re.escape(word).replace("_", " ").replace(r"\*", r"\w*") for word in words.split()]
    spaced = [rf"\b{part}\b" if part.isascii() or part[:1].islower() else part for part in parts]
    return re.compile("|".join(spaced))


_PATTERNS = tuple((state_class, _pattern(words)) for state_class, words in _WORDS)
_NEGATED = re.compile(r"\b(?:not|nicht|non) \w+")
_HUMP = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")


def half_done(name: str) -> bool:
    """Whether a state is the second half of a column, such as "Test (done)": nothing is done in it, unless
    nothing comes after it."""
    return re.search(r"\w.*\(\s*(?:done|fertig)\s*\)$", name[:200].casefold()) is not None


def class_by_name(name: str) -> StateClass | None:
    """The class that a state's name says; None where it says nothing. "Test (done)" waits for what comes
    next."""
    text = " ".join(re.findall(r"\w+", _HUMP.sub(" ", name[:200]).casefold().replace("_", " ")))
    if half_done(name):
        return StateClass.WAIT
    for state_class, pattern in _PATTERNS:
        if pattern.search(text if state_class is StateClass.BACKLOG else _NEGATED.sub(" ", text)):
            return state_class
    return None
