"""The HTTP door of the gateway: signing in and out, one-time links, set-up, the mails of a demo.

Pages are in `pages.py`, the way to the services in `passing.py`, sockets in `live.py`.
"""

from typing import Any, cast

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from chassis.clock import to_text
from chassis.errors import NotFound
from chassis.store import EVERYWHERE
from chassis.web import actor, now, problem, public, running
from gateway import answering, founding, service
from gateway.config import SESSION_COOKIE, SHOWN_MAILS
from gateway.cookies import give_language, give_session, take_session
from gateway.live import live
from gateway.model import Mail, Session, hash_address
from gateway.origins import peer_of
from gateway.passing import passage
from gateway.repository import Records
from gateway.schemas import AddressBody, LanguageBody, LinkBody, SetupBody, SignInBody

blueprint = Blueprint("gateway", __name__)


def records() -> Records:
    """The repositories of this service."""
    return cast("Records", running().records)


@blueprint.post("/auth/links")
@blueprint.arguments(SignInBody)
@public
def post_sign_in(body: dict[str, Any]) -> Any:
    """Ask for a sign-in link; the answer is the same for every address."""
    service.ask_sign_in(records(), **body, peer=_peer(), now=now())
    return jsonify({}), 202


@blueprint.post("/links/<token>")
@blueprint.arguments(LinkBody)
@public
def post_link(body: dict[str, Any], token: str) -> Any:
    """Press the button of a one-time link."""
    outcome = answering.act(records(), passage(), token, body, now=now())
    if outcome.problem:
        code = outcome.body.get("code", "error")
        more = {name: outcome.body.get(name) for name in ("detail", "values", "faults")}
        return problem(outcome.status, code, **{k: v for k, v in more.items() if v})
    answer = jsonify(outcome.body)
    if outcome.token:
        _end_session()
        give_session(answer, outcome.token, url=records().instance.url)
    return answer


@blueprint.get("/auth/me")
def get_me() -> Any:
    """Who I am."""
    return jsonify(me=service.shown_me(records(), actor()))


@blueprint.post("/auth/sign-out")
@public
def post_sign_out() -> Any:
    """Sign out; also somebody whose session is over."""
    _end_session()
    answer = Response(status=204)
    take_session(answer, url=records().instance.url)
    return answer


@blueprint.post("/auth/address")
@blueprint.arguments(AddressBody)
def post_address(body: dict[str, Any]) -> Any:
    """Ask for mails to go to another address; its owner presses a button in a mail there."""
    service.ask_address(records(), actor(), body["address"], now=now())
    return jsonify({}), 202


@blueprint.put("/auth/language")
@blueprint.arguments(LanguageBody)
@public
def put_language(body: dict[str, Any]) -> Any:
    """Choose the language of pages before signing in."""
    answer = jsonify(body)
    give_language(answer, body["language"], url=records().instance.url)
    return answer


@blueprint.post("/setup")
@blueprint.arguments(SetupBody)
@public
def post_setup(body: dict[str, Any]) -> Any:
    """Found the first association of an instance."""
    try:
        token = founding.found(records(), passage(), body, peer=_peer(), now=now())
    except founding.NotFounded as error:
        told = error.body if isinstance(error.body, dict) else {}
        more = {name: told[name] for name in ("values", "faults") if told.get(name)}
        return problem(error.status, told.get("code", "error"), **more)
    answer = jsonify(next="/coordinate")
    answer.status_code = 201
    give_session(answer, token, url=records().instance.url)
    return answer


@blueprint.get("/api/demo/mails")
@public
def get_mails() -> Any:
    """The newest mails of a demo, those to one `?address=` if asked."""
    if not records().instance.is_demo:
        raise NotFound
    address = request.args.get("address")
    where = {"to_hash": hash_address(address)} if address else {}
    found = records().mails.find(
        EVERYWHERE, where, sort="made_at", descending=True, limit=SHOWN_MAILS
    )
    return jsonify(items=[_shown(mail) for mail in found if mail.state == "sent"], next=None)


def _shown(mail: Mail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "kind": mail.kind,
        "to": mail.to,
        "language": mail.language,
        "subject": mail.subject,
        "sent_at": to_text(mail.sent_at or mail.made_at),
        "state": mail.state,
        "text": mail.text,
        "html": mail.html,
        "links": mail.links,
    }


def _peer() -> str:
    return peer_of(request, proxies=records().instance.proxies)


def _end_session() -> None:
    token = request.cookies.get(SESSION_COOKIE, "")
    if token:
        service.close_session(records(), token)
        live().end(Session.id_of(token))
