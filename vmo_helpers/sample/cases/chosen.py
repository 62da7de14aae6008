"""From the story's names to the ids of the tables."""

from __future__ import annotations

from collections.abc import Iterable

from vmo_helpers.sample.story import Story


def ids(story: Story, slugs: Iterable[str]) -> list[str]:
    """The item ids of those epics that the sample holds, in order."""
    return sorted({story.items[slug] for slug in slugs if slug in story.items})


def known(story: Story, ids: list[str]) -> list[str]:
    """Those of the metrics that the sample holds."""
    held = set(story.tables["metrics"]["metric_id"])
    return [i for i in ids if i in held]
