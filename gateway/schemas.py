"""The bodies that the gateway takes; every fault is named at once."""

from marshmallow import fields, validate

from chassis.schemas import LONG, Address, Body, Choice, Flag, Id, Text, Whole, Zone
from contracts.shapes import LANGUAGES


class SignInBody(Body):
    """Who wants to sign in; `next`: the page of the client that was asked for."""

    address = Address(required=True)
    language = Choice(LANGUAGES, load_default=None, allow_none=True)
    next = Text(load_default="/", most=500)


class AddressBody(Body):
    """Where mails are to go from now on."""

    address = Address(required=True)


class LinkBody(Body):
    """What somebody adds to what the link itself says."""

    association_id = Id(load_default=None, allow_none=True)
    reason = Text(load_default=None, allow_none=True, least=0, most=LONG)
    why = Text(load_default=None, allow_none=True, least=0, most=LONG)
    met = Flag(load_default=None, allow_none=True)
    useful = Whole(load_default=None, allow_none=True, least=1, most=5)
    get_on = Whole(load_default=None, allow_none=True, least=1, most=5)
    in_the_way = Text(load_default=None, allow_none=True, least=0, most=LONG)
    help = Flag(load_default=None, allow_none=True)


class LanguageBody(Body):
    """The language of the pages."""

    language = Choice(LANGUAGES, required=True)


class SetupBody(Body):
    """The first association of an instance, and who founds it."""

    code = Text(required=True)
    name = Text(required=True)
    address = fields.String(
        required=True,
        validate=validate.Regexp(
            r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\Z", error="not-a-short-address"
        ),
    )
    zone = Zone(required=True)
    language = Choice(LANGUAGES, required=True)
    given_name = Text(required=True)
    family_name = Text(required=True)
    mail_address = Address(required=True)
