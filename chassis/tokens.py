"""Access tokens: who acts, for sixty seconds, at one service. Signed by the gateway (Ed25519, RFC
8037).

Services trust nothing else.
"""

from dataclasses import dataclass
from datetime import datetime

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from chassis.errors import Problem

LIFETIME_SECONDS = 60
_LEEWAY_SECONDS = 5
_ALGORITHM = "Ed25519"


class TokenRefused(Problem):
    """There is no token, or it is forged, expired or meant for another service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts. Roles: participant, coordinator, admin, operator; `link` is the id of the mail link
    used.
    """

    id: str
    association_id: str
    roles: frozenset[str]
    link: str = ""

    def is_one_of(self, *roles: str) -> bool:
        """Whether the actor has any of these roles."""
        return not self.roles.isdisjoint(roles)


def sign(actor: Actor, *, audience: str, key: OKPKey, at: datetime) -> str:
    """A token for one service. `at` is real time, never the simulated clock."""
    issued = int(at.timestamp())
    claims = {
        "aud": audience,
        "sub": actor.id,
        "association": actor.association_id,
        "roles": sorted(actor.roles),
        "link": actor.link,
        "iat": issued,
        "exp": issued + LIFETIME_SECONDS,
    }
    return jwt.encode({"alg": _ALGORITHM}, claims, key, algorithms=[_ALGORITHM])


def check(token: str, *, audience: str, key: OKPKey, at: datetime) -> Actor:
    """The actor of a token. Raises TokenRefused."""
    try:
        claims = jwt.decode(token, key, algorithms=[_ALGORITHM]).claims
        fresh = claims["iat"] - _LEEWAY_SECONDS <= at.timestamp() <= claims["exp"] + _LEEWAY_SECONDS
        actor = Actor(
            id=str(claims["sub"]),
            association_id=str(claims["association"]),
            roles=frozenset(claims["roles"]),
            link=str(claims.get("link", "")),
        )
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise TokenRefused from error
    if not fresh or claims.get("aud") != audience:
        raise TokenRefused
    return actor
