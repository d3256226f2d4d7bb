"""Which questions the declared indexes serve. All others are refused, on both backends alike: a
question without an index is quick in a test and slow for an association of 100,000 members.
"""

from itertools import takewhile

from chassis.store import Collection, Index, Range, Where


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
    indexes = (one for one in collection.indexes if one.everywhere == everywhere)
    if not any(_serves(one, where, sort) for one in (Index(fields=("_id",)), *indexes)):
        scope = "everywhere" if everywhere else "in an association"
        raise LookupError(
            f"no index of {collection.name} serves {sorted(where)} sorted by {sort} {scope}"
        )


def _serves(index: Index, where: Where, sort: str | None) -> bool:
    fields = ordered_fields(index)
    ranges = {field for field, wanted in where.items() if isinstance(wanted, Range)}
    exact = where.keys() - ranges
    if "_id" in exact:
        return where.keys() == {"_id"} and sort in (None, "_id")
    led = set(takewhile(exact.__contains__, fields))
    rest = fields[len(led) :]
    is_found = exact == led and ranges <= {rest[0]}
    # Sorting by what is the same in all matches is sorting by id.
    order = "_id" if sort in led else sort
    return is_found and (order is None or rest == tuple(dict.fromkeys((order, "_id"))))
