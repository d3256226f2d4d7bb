"""From the answer to a request in one browser until the change is painted in another."""

from time import time
from typing import Any

from benchmarks.report import Figure, percentile
from tests.browser.stage import Stage

COUNT = 30
_AWAIT = """words => new Promise((seen, late) => {
  const look = () => document.body.textContent.includes(words)
    && requestAnimationFrame(() => requestAnimationFrame(() => seen(Date.now())));
  if (!look()) new MutationObserver(look).observe(document.body,
    {subtree: true, childList: true, characterData: true});
  setTimeout(() => late(new Error('not painted')), 10000);
})"""


def measure(stage: Stage, mentee: Any, mentor: Any) -> list[Figure]:
    """The mentee writes a goal that is shared; the mentor looks at the pair's page."""
    pairs = mentee.request.get("/api/matching/pairs").json()["items"]
    theirs = {p["id"] for p in mentor.request.get("/api/matching/pairs").json()["items"]}
    pair = next(p for p in pairs if p["id"] in theirs and p["state"] == "matched")
    mentor.goto(f"/pairs/{pair['id']}", wait_until="networkidle")
    took = []
    for n in range(COUNT):
        words = f"Measured goal number {n}."
        mentor.evaluate(f"window.painted = ({_AWAIT})({words!r}); 0")
        answer = mentee.request.post(
            f"/api/matching/pairs/{pair['id']}/goals",
            data={"text": words, "shared": True},
            headers={"Origin": stage.url},
        )
        answered = time() * 1000
        if answer.status != 201:
            raise RuntimeError(answer.text())
        took.append(mentor.evaluate("window.painted") - answered)
    return [
        Figure(
            what="request answered → painted in another person's browser",
            value=f"p50 {percentile(took, 0.5):.0f} ms, p99 {percentile(took, 0.99):.0f} ms",
            beside=f"{COUNT} changes; budget 1,000 ms",
        )
    ]
