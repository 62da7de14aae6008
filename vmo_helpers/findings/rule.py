"""How a finding is made: a rule is named once, with the line it judges by; then it says what it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from vmo_helpers.findings.saying import MOST_SUBJECTS, each, number
from vmo_helpers.results.finding import PORTFOLIO, Evidence, Finding
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity


@dataclass(frozen=True)
class Rule:
    """A judgement: its ``name`` (``flow.rework``) and the ``line`` it judges by, under the name of its
    threshold."""

    name: str
    line: float | None = None
    line_name: str | None = None

    @classmethod
    def by(cls, name: str, limits: Thresholds, threshold: str) -> Self:
        """The rule that judges by one of the thresholds."""
        return cls(name, getattr(limits, threshold), threshold)

    def finds(
        self,
        severity: Severity,
        sentence: str,
        *,
        subject: object = PORTFOLIO,
        rows: pd.DataFrame | None = None,
        row: object = None,
        table: str = "work_items",
        evidence: tuple[Evidence, ...] = (),
        value: Any = None,
        money: Any = None,
        n: Any = 0,
        **facts: Any,
    ) -> Finding:
        """A finding of this rule. ``rows`` of ``table`` are its evidence, or the one whose index is ``row``;
        a ``value`` or ``money`` that is not known is None."""
        if rows is not None or row is not None:
            evidence = (Evidence.of(table, pd.Index([row]) if rows is None else rows),)
        return Finding(
            self.name,
            str(subject),
            severity,
            sentence,
            value=number(value),
            threshold=self.line,
            threshold_name=self.line_name,
            n=int(n),
            evidence=evidence,
            money=number(money),
            **facts,
        )

    def note(self, sentence: str, **facts: Any) -> Finding:
        return self.finds(Severity.NOTE, sentence, **facts)

    def good(self, sentence: str, **facts: Any) -> Finding:
        return self.finds(Severity.GOOD, sentence, **facts)

    def warning(self, sentence: str, **facts: Any) -> Finding:
        return self.finds(Severity.WARNING, sentence, **facts)

    def alarm(self, sentence: str, **facts: Any) -> Finding:
        return self.finds(Severity.ALARM, sentence, **facts)

    def unknown(self, sentence: str, *missing: str, **facts: Any) -> Finding:
        """What cannot be said, and what is missing for it: nothing was held against a line. The reason of a
        figure begins with "n/a: "; a sentence does without."""
        said = sentence.replace(": n/a: ", ": ")
        return Rule(self.name).finds(Severity.UNKNOWN, said, missing=missing, **facts)

    def listed(
        self,
        found: pd.DataFrame,
        sentence: str,
        say: Callable[[pd.Series], str],
        *,
        calm: str = "",
        severity: Severity = Severity.WARNING,
        one: Severity = Severity.WARNING,
        key: str = "item_id",
        value: str | None = None,
        unit: str = "number",
        table: str = "work_items",
        n: int,
        clears_when: str,
    ) -> list[Finding]:
        """The count with its rows, then one finding a row, in the order of the frame; ``calm`` where there is
        none. Money is what the rows have at stake, else their planned cost."""
        if found.empty:
            return [self.good(calm, value=0, unit="items", n=n)]
        money = found.get("money", found.get("planned_cost"))
        count = self.finds(
            severity,
            sentence,
            value=len(found),
            unit="items",
            n=n,
            rows=found,
            table=table,
            money=None if money is None else money.sum(min_count=1),
            clears_when=clears_when,
            details={"subjects": found[key].head(MOST_SUBJECTS).tolist()},
        )
        return [
            count,
            *(
                self.finds(
                    one,
                    say(row),
                    subject=row[key],
                    value=row[value] if value else None,
                    unit=unit,
                    n=1,
                    row=index,
                    table=table,
                    money=None if money is None else money[index],
                    clears_when=clears_when,
                )
                for index, row in each(found)
            ),
        ]
