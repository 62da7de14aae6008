"""What of a source may name a person, and is not written: mail addresses in any text, and in columns of roles
all that is not seen to be one."""

from __future__ import annotations

import re
from typing import Any

ROLES = frozenset({"owner", "author", "decided_by", "allocated_by"})
"""Columns of the contract that hold a role; people write names there."""
_MAIL = re.compile(r"<?[^\s@<>()\"',;]+@[^\s@<>()\"',;]+\.\w+>?")
_SHORT = re.compile(r"[A-Z][A-Z0-9&/+-]{1,6}")
_ROLE = re.compile(
    r"counsel|forum|review|budget|owner|partner|advisor|auditor|trustee|minister|secretar|planner|designer|"
    r"head|lead|chief|officer|office|director|manager|management|owner|board|council|committee|team|group|"
    r"department|division|unit|master|architect|engineer|analyst|sponsor|president|executive|controller|"
    r"controlling|finance|legal|sales|marketing|operations|security|product|portfolio|programme|program|"
    r"project|business|risk|compliance|procurement|support|service|stream|customer|digital|data|quality|"
    r"human|people|platform|supplier|vendor|steering|sync|works|staff|leit|führung|vorstand|abteilung|bereich|"
    r"einkauf|vertrieb|recht|finanz|personal|betrieb|gremium|ausschuss|verantwort|responsable|directeur|"
    r"direction|chef|comité|équipe|service|jefe|gerente|equipo|dirección|departamento",
    re.IGNORECASE,
)


def masked(value: Any) -> Any:
    """A value without mail addresses."""
    return _MAIL.sub("…", value) if isinstance(value, str) and "@" in value else value


def is_role(text: str) -> bool:
    """Whether a cell is seen to be a role or a part of the house, such as "Head of retail", "CFO" or "PMO";
    any other word may be somebody's name."""
    return bool(_SHORT.fullmatch(text.strip()) or _ROLE.search(text))
