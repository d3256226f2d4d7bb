"""How words that people typed are compared: without case, accents and punctuation."""

import re
import unicodedata

_BETWEEN = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Lower case, no accents, words with one blank between: `Mentoré(e)` -> `mentore e`."""
    if text.isascii():
        return _BETWEEN.sub(" ", text.lower()).strip()
    bare = (
        c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)
    )
    return _BETWEEN.sub(" ", "".join(bare)).strip()


def split(text: str) -> list[str]:
    """The parts of a cell that lists several: by lines, `;` or `|` if there are any, else by `,` or
    `/`.
    """
    strong = re.search(r"[;|\n]", text)
    parts = re.split(r"[;|\n]" if strong else r"[,/]", text)
    return [part.strip() for part in parts if part.strip()]
