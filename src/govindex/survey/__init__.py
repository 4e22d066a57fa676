"""Answers of a sample → estimates with standard errors, by unit, factor and question.

:func:`estimate` takes one row per respondent, a :class:`Questionnaire` and a :class:`SampleDesign`
and returns :class:`Estimates`, which become the data of an index by
:meth:`Estimates.observations`. :func:`means`, :func:`totals` and :func:`ratios` estimate variables
of numbers, :func:`alkire_foster` multidimensional poverty. :func:`post_stratify` and :func:`rake`
match weights to known numbers of the population.
"""

from govindex.namespaces import define_namespace
from govindex.survey.deprivations import Deprivation, PovertyMeasure, load_poverty_measure
from govindex.survey.designs import (
    Bootstrap,
    Jackknife,
    Margin,
    ReplicateWeights,
    SampleDesign,
    post_stratify,
    rake,
)
from govindex.survey.estimates import Estimates
from govindex.survey.estimation import estimate
from govindex.survey.numeric_variables import means, ratios, totals
from govindex.survey.planning import design_effect, sample_size
from govindex.survey.poverty_counts import PovertyEstimates, alkire_foster
from govindex.survey.questionnaires import (
    Factor,
    Question,
    Questionnaire,
    load_questionnaire,
    sipas,
)
from govindex.survey.responses import response_rates
from govindex.survey.scales import AnswerScale
from govindex.survey.two_surveys import differences

__all__ = [
    "AnswerScale",
    "Bootstrap",
    "Deprivation",
    "Estimates",
    "Factor",
    "Jackknife",
    "Margin",
    "PovertyEstimates",
    "PovertyMeasure",
    "Question",
    "Questionnaire",
    "ReplicateWeights",
    "SampleDesign",
    "alkire_foster",
    "design_effect",
    "differences",
    "estimate",
    "load_poverty_measure",
    "load_questionnaire",
    "means",
    "post_stratify",
    "rake",
    "ratios",
    "response_rates",
    "sample_size",
    "sipas",
    "totals",
]

define_namespace(__name__)
