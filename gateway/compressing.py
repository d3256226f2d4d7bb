"""Makes text smaller on its way out, also while it is still arriving."""

import zlib
from collections.abc import Iterable, Iterator

from flask import Response, request

_TEXT = ("application/json", "application/problem+json", "text/html", "text/csv")
LEAST = 1000
"""Bytes below which it is not worth the while."""


def compress(response: Response) -> Response:
    """Send the body as gzip if whoever asks takes it and it is text of some length.

    Not for what has a strong validator of its exact bytes (feeds).
    """
    length = response.headers.get("Content-Length", type=int)
    if (
        response.mimetype not in _TEXT
        or response.headers.get("Content-Encoding")
        or (length is not None and length < LEAST)
        or response.status_code in {204, 304}
        or request.method == "HEAD"
    ):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0:
        return response
    response.headers.pop("Content-Length", None)
    response.headers["Content-Encoding"] = "gzip"
    response.response = _gzipped(response.response)
    return response


def _gzipped(chunks: Iterable[bytes | str]) -> Iterator[bytes]:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for chunk in chunks:
        yield packer.compress(chunk.encode() if isinstance(chunk, str) else chunk)
    yield packer.flush()
