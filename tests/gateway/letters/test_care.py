"""Mails about check-ins and help."""

from contracts import examples, feedback
from tests.gateway.letters.letterbox import AMARA, JOSEE, URL, acting_links, only, states, text_of
from tests.harness import Town


def test_five_links_share_one_question(people_known: Town) -> None:
    people_known.gateway.hear_that(feedback.FEEDBACK_DUE)
    people_known.pump()
    mail = only(people_known, AMARA)
    links = acting_links(people_known, mail)
    assert [link.params["useful"] for link in links] == [1, 2, 3, 4, 5]
    assert len({link.answer_id for link in links}) == 1
    assert f"{URL}/check-ins/{examples.CHECK_IN}" in text_of(mail)


def test_what_is_answered_is_not_asked(people_known: Town) -> None:
    people_known.gateway.hear_that(feedback.FEEDBACK_GIVEN, version=2)
    people_known.gateway.hear_that(feedback.FEEDBACK_DUE, version=1)
    people_known.pump()
    assert states(people_known)["feedback-due"] == ["dropped"]


def test_coordinators_are_told_who_asks_and_where_to_look(people_known: Town) -> None:
    people_known.gateway.hear_that(feedback.HELP_ASKED)
    people_known.pump()
    mail = only(people_known, JOSEE)
    assert "Amara" not in mail["Subject"]
    assert "Amara Nwosu asks the coordinators of Spring cohort 2026" in text_of(mail)
    assert f"{URL}/coordinate/cohorts/{examples.COHORT}/help" in text_of(mail)
