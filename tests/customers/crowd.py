"""A few people and what is asked about them, for Hypothesis, where a whole population would be too slow to write through the verbs."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from tests.conditions.builders import about_them
from tests.conditions.strategies import ANY_FILTER, CONSENT, MEMBERSHIP, METRIC, MOMENT, NARROWED, PREDICTED, REGION, VALUES

_KEPT = st.sampled_from(["a", "b", "churn_probability", "email_consent", "total_clv", "expected_date_of_next_purchase"])
_PROPERTIES = st.dictionaries(_KEPT, VALUES | st.sampled_from(["subscribed", "unsubscribed", 0.33, 0.5, 0.66, -1]))
_ASKED = st.sampled_from(["a", "properties['b']", "$country", "churn_risk", "total_clv", "properties['nothing']"])
_CONDITIONS = st.one_of(METRIC, NARROWED, st.builds(about_them, _ASKED, ANY_FILTER), PREDICTED, MEMBERSHIP, REGION, CONSENT)
GROUPS = st.lists(st.lists(_CONDITIONS, min_size=1, max_size=2), min_size=1, max_size=2)
_AGES = st.sampled_from([timedelta(hours=-2), timedelta(hours=-2) - MOMENT, timedelta(0), MOMENT, timedelta(days=-3), timedelta(weeks=-2)])
_EVENTS = st.lists(st.tuples(st.sampled_from(["Placed Order", "Opened"]), _AGES, st.none() | st.sampled_from(["0.10", "0.20", "1", "-1"])), max_size=3)
PEOPLE = st.lists(st.tuples(_PROPERTIES, _EVENTS, st.sampled_from(["", "France", "SE", "Norway"]), st.booleans()), min_size=1, max_size=3)
