"""Names of figures, and what their change means."""

import pytest

from vmo_helpers.deck.payloads import change_of
from vmo_helpers.results.change import Change, Tone, against, change, moved_since
from vmo_helpers.results.headlines import HEADLINES, Better, headline_of
from vmo_helpers.review.forms.native import TONES

# The keys that figures.json must hold at least.
REQUIRED = (
    *(
        "flow." + name
        for name in (
            "items",
            "finished",
            "wip",
            "lead_time_p50_days",
            "lead_time_p85_days",
            "cycle_time_p50_days",
            "cycle_time_p85_days",
            "flow_efficiency",
            "flow_efficiency_median",
            "throughput_per_week",
            "age_p85_days",
            "reopened_items",
            "started",
            "started_unfinished",
            "wait_days",
        )
    ),
    *(
        "watermelon." + name
        for name in (
            "green",
            "count",
            "board",
            "watch",
            "unknown_inside",
            "not_yet_due",
            "shrunk",
            "self_contradicting",
            "vanity_metrics",
        )
    ),
    *(
        "okr." + name
        for name in (
            "top_three_share",
            "items_short",
            "linked_share",
            "key_result_share",
            "contribution_share",
            "moved_share",
            "orphan_items",
            "goals_without_work",
            "effective_goals",
            "key_results_at_risk",
            "stale_key_results",
        )
    ),
    *(
        "value." + name
        for name in ("benefit_realisation", "business_value_delivered", "nps", "benefit_at_risk")
    ),
    *("funding." + name for name in ("value_stream_share", "unaligned_spend")),
)


@pytest.mark.parametrize("key", REQUIRED)
def test_every_required_figure_has_a_name_of_its_own(key: str) -> None:
    assert key in HEADLINES


@pytest.mark.parametrize(
    ("key", "now", "before", "unit", "words", "tone"),
    [
        ("flow.lead_time_p85_days", 212.3, 194.0, "days", "▲ 18 days slower", Tone.BAD),
        ("flow.lead_time_p85_days", 194.0, 212.3, "days", "▼ 18 days faster", Tone.GOOD),
        ("flow.flow_efficiency", 0.29, 0.23, "share", "▲ 6 points, better", Tone.GOOD),
        ("watermelon.count", 7, 5, "items", "▲ 2 more, worse", Tone.BAD),
        ("flow.items", 7, 5, "items", "▲ 2 more", Tone.NEUTRAL),
        ("funding.unaligned_spend", 4.1e6, 5e6, "money", "▼ EUR 900 k less, better", Tone.GOOD),
        ("flow.throughput_per_week", 1.5, 1.1, "per_week", "▲ 0.4 a week more, better", Tone.GOOD),
        ("flow.wip", 5, 5, "items", "unchanged", Tone.NEUTRAL),
        ("flow.flow_efficiency", 0.23000001, 0.23, "share", "unchanged", Tone.NEUTRAL),
    ],
)
def test_a_change_is_said_with_an_arrow_a_size_and_a_judgement(
    key: str, now: float, before: float, unit: str, words: str, tone: Tone
) -> None:
    moved = change(key, now, before, unit, "EUR")
    assert moved is not None
    assert (moved.words, moved.tone) == (words, tone)


@pytest.mark.parametrize(("now", "before"), [(None, 1.0), (1.0, None), (float("nan"), 1.0)])
def test_nothing_is_said_of_a_change_from_or_to_the_unknown(now: float | None, before: float | None) -> None:
    assert change("flow.wip", now, before, "items") is None


def test_a_weighed_figure_is_named_after_its_count_and_a_new_one_after_its_key() -> None:
    assert headline_of("okr.top_three_share_by_spend").label == "Serve a top-three goal, by spend"
    assert headline_of("okr.top_three_share_by_spend").better is Better.HIGHER
    assert headline_of("legal.open_contracts").label == "Open contracts"
    assert headline_of("legal.open_contracts").better is Better.NEITHER


class TestChanges:
    def test_within_the_range_of_a_figure_nothing_got_better_or_worse(self) -> None:
        entry = {"value": 0.80, "previous": 0.78, "unit": "per_week", "low": 0.58, "high": 1.09}
        told = moved_since("flow.throughput_per_week", entry)
        assert told == Change(
            "▲ 0.02 a week more, within its range", Tone.NEUTRAL, pytest.approx(0.02 / 0.78)
        )
        told = moved_since("flow.throughput_per_week", {**entry, "previous": 0.27})
        assert told is not None
        assert (told.words, told.tone) == ("▲ 0.53 a week more, better", Tone.GOOD)

    def test_where_windows_cannot_be_compared_there_is_no_bar(self) -> None:
        entry = {"value": 3.0, "previous": 1.0, "unit": "days", "no_comparison": "no comparison: short"}
        assert moved_since("flow.lead_time_p85_days", entry) == Change("no comparison: short", Tone.NONE)

    def test_a_score_and_a_value_of_nothing_have_words_and_no_share(self) -> None:
        assert [
            None if told is None else told.share
            for told in (
                moved_since("value.nps", {"value": -17.0, "previous": 18.0, "unit": "score"}),
                moved_since("watermelon.count", {"value": 8, "previous": 0, "unit": "items"}),
                moved_since("watermelon.count", {"value": 8, "previous": 10, "unit": "items"}),
            )
        ] == [None, None, pytest.approx(-0.2)]

    @pytest.mark.parametrize(
        ("now", "words", "tone"),
        [
            (0.53, "▼ 27 points under plan", Tone.BAD),
            (0.8, "as planned", Tone.GOOD),
            (0.9, "▲ 10 points over plan", Tone.GOOD),
        ],
    )
    def test_a_figure_against_its_plan(self, now: float, words: str, tone: Tone) -> None:
        told = against("okr.top_three_share", now, 0.8, "share")
        assert told is not None
        assert (told.words, told.tone) == (words, tone)

    def test_what_is_not_known_or_has_no_plan_is_not_held_against_one(self) -> None:
        assert against("okr.top_three_share", None, 0.8, "share") is None
        assert against("okr.top_three_share", 0.5, None, "share") is None

    def test_a_tile_that_is_not_compared_is_neutral_in_every_form(self) -> None:
        entry = {"value": 3.0, "previous": 1.0, "unit": "days", "no_comparison": "no comparison: short"}
        told = change_of(entry, "flow.lead_time_p85_days", "EUR")
        assert told == {"words": "no comparison: short", "tone": "neutral"}
        assert {"bad", "good", "neutral"} <= set(TONES)
