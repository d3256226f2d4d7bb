"""Which questions the declared indexes serve. All others are refused, on both backends alike: a
question without an index is quick in a test and slow for an association of 100,000 members.
"""

from functools import cache
from itertools import takewhile

from chassis.store import Collection, Index, Range, Where

_BY_ID = Index(fields=("_id",))


def ordered_fields(index: Index) -> tuple[str, ...]:
    """The fields as both backends index them, behind `association_id`; `_id` comes last."""
    return (*(field for field in index.fields if field != "_id"), "_id")


def refuse_unserved(
    collection: Collection, association_id: str | None, where: Where, *, sort: str | None
) -> None:
    """Raise LookupError unless one index gives the matches in the order of `sort` (None: any
    order).

    An index serves equality and `In` on its leading fields, then a `Range` on the next one, then
    the order by that one and `_id`. `_id` alone is always served.
    """
    everywhere = association_id is None
    ranges = frozenset(field for field, wanted in where.items() if isinstance(wanted, Range))
    exact = frozenset(where) - ranges
    if not _is_served(collection.indexes, everywhere, exact, ranges, sort):
        scope = "everywhere" if everywhere else "in an association"
        raise LookupError(
            f"no index of {collection.name} serves {sorted(where)} sorted by {sort} {scope}"
        )


@cache
def _is_served(
    indexes: tuple[Index, ...],
    everywhere: bool,
    exact: frozenset[str],
    ranges: frozenset[str],
    sort: str | None,
) -> bool:
    """Kept, because a service has a few dozen kinds of questions and asks them all day."""
    fitting = (one for one in indexes if one.everywhere == everywhere)
    return any(_serves(one, exact, ranges, sort) for one in (_BY_ID, *fitting))


def _serves(index: Index, exact: frozenset[str], ranges: frozenset[str], sort: str | None) -> bool:
    fields = ordered_fields(index)
    if "_id" in exact:
        return exact == {"_id"} and not ranges and sort in (None, "_id")
    led = set(takewhile(exact.__contains__, fields))
    rest = fields[len(led) :]
    is_found = exact == led and ranges <= {rest[0]}
    # Sorting by what is the same in all matches is sorting by id.
    order = "_id" if sort in led else sort
    return is_found and (order is None or rest == tuple(dict.fromkeys((order, "_id"))))
