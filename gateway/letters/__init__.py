"""Mails to members: which ones an event asks for, and what they say.

A mail is made when its event is heard and put into words when it is sent. A handler never waits for
another topic, so names may be missing when an event is heard; they have arrived by the time the
mail leaves, and what has been overtaken meanwhile is dropped. A name that does not come is replaced
by a role after ten minutes.

| where is | file |
|---|---|
| who gets which mail | `asks.py` |
| what a mail says | `entry.py`, `proposals.py`, `pairs.py`, `meetings.py`, `care.py` |
| the words | `gateway/words/*.json`, read by `catalog.py` |
| days and times | `moments.py` |
| names that people typed | `people.py` |
| both forms of a mail | `letter.py`, `gateway/templates/letter.*` |
| putting it together | `writing.py` |
"""

from gateway.letters.case import NotNeeded, NotYet
from gateway.letters.letter import Letter
from gateway.letters.writing import compose, write, write_new_address, write_sign_in

__all__ = [
    "Letter",
    "NotNeeded",
    "NotYet",
    "compose",
    "write",
    "write_new_address",
    "write_sign_in",
]
