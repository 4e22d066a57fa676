"""Built-in editions score alike at another time, from other frames and documents, and in blocks.

One edition of each kind: a rubric in points, steps and answers, peers, periods, stages of means.
"""

from __future__ import annotations

import datetime

import pytest

import govindex as gi
from govindex import Framework, Indicator, Observations, rules
from govindex.testing import Check, Law
from govindex.testing.law import why_not
from govindex.testing.subject import Subject
from tests.own_laws import OWN_LAWS, no_clock

EDITIONS = ("vn.par.ministry@876", "vn.procedure-handling@2018", "un.egdi@2014", "undp.gii@2023-24")


@pytest.mark.parametrize("law", OWN_LAWS, ids=lambda law: law.name)
@pytest.mark.parametrize("edition", EDITIONS)
def test_edition_keeps_the_law(edition: str, law: Law) -> None:
    subject = Subject(gi.methodology(edition))
    assert why_not(law, subject) == ""
    Check(law, subject, None, 3)()


class Dated:
    """Reads dates, and never asks for today's."""

    id, version, fingerprint = "example.dated", "1", "example.dated@1"
    framework = Framework("index", [Indicator("a", rule=rules.Goalposts(worst=0, best=100))])
    day = datetime.date(2024, 2, 29)
    moment = datetime.datetime(2024, 2, 29, 12)

    def compute(self, data: Observations) -> gi.IndexResult:
        assert isinstance(self.day, datetime.date)
        assert isinstance(self.moment, datetime.datetime)
        assert isinstance(self.moment, datetime.date)
        assert not isinstance(self.day, datetime.datetime)
        assert issubclass(type(self.moment), datetime.date)
        assert type(datetime.date(2024, 2, 29)) is type(self.day)
        assert type(datetime.datetime.fromisoformat("2024-02-29")) is type(self.moment)
        return gi.result_from_scores(self, data, {"index": data.values[:, 0].clip(0, 100)})


def test_shifted_clock_leaves_dates_what_they_are() -> None:
    Check(no_clock, Subject(Dated()), None, 3)()
