"""The bodies that feedback takes."""

from chassis.schemas import LONG, Body, Flag, Id, Text, Whole


class AnswerBody(Body):
    """An answer to a check-in; every question may be left out, one tap is an answer."""

    met = Flag(load_default=None, allow_none=True)
    useful = Whole(load_default=None, allow_none=True, least=1, most=5)
    get_on = Whole(load_default=None, allow_none=True, least=1, most=5)
    in_the_way = Text(load_default=None, allow_none=True, least=0, most=LONG)
    help = Flag(load_default=False)


class HelpBody(Body):
    """With which pair somebody wants help, and what for, if they like to say."""

    pair_id = Id(required=True)
    words = Text(load_default=None, allow_none=True, least=0, most=LONG)


class EmptyBody(Body):
    """No fields."""
