"""What a screen must hold in every width, language and theme; in which of them it is looked at."""

import json
import re
from functools import cache
from typing import Any

import pytest

from tests.browser.conftest import Open
from tests.browser.stage import ROOT, Stage

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EXPLAINED = {"elmPartiallyObscured", "shortTextContent"}
"""What axe cannot tell of colours: cells that a wide table hides in part have those of the cells
beside them, and a figure of one digit those of its longer neighbours.
"""
QUICK = [(320, "fr", "dark"), (1280, "en", "light")]
EVERY = [
    (width, language, theme)
    for width in (320, 412, 1280)
    for language in ("en", "fr")
    for theme in ("light", "dark")
]
_HOLE = re.compile(r"\{\w+\}|Invalid Date")
_SETTLED = """() => new Promise(done => setTimeout(() => requestAnimationFrame(done), 100))"""


def combinations() -> list[Any]:
    """Two in every run, all of them by `make axe`."""
    return [
        pytest.param(
            *one, id="-".join(map(str, one)), marks=() if one in QUICK else pytest.mark.axe
        )
        for one in EVERY
    ]


def a_window(window: Open, stage: Stage, width: int, language: str, theme: str) -> Any:
    """A page that axe can be put into."""
    return window(
        stage,
        size={"width": width, "height": 800},
        language=language,
        color_scheme=theme,
        bypass_csp=True,
    )


def look_at(page: Any, path: str) -> None:
    """Open a page and wait until all of it is there."""
    page.goto(path)
    settled(page)


def settled(page: Any) -> None:
    """Wait until the page and what it asks for by itself are there."""
    page.locator("main h1").first.wait_for()
    page.evaluate(_SETTLED)


def faults_of(page: Any) -> list[str]:
    """What is wrong with the screen that is open: barriers, sideways scroll, headings, words."""
    faults = []
    width, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if width > inner:
        faults.append(f"scrolls sideways: {width} > {inner}")
    headings = page.locator("h1").count()
    if headings != 1:
        faults.append(f"has {headings} headings of the first level")
    faults += [f"says {words}" for words in _unsaid(page.locator("body").inner_text())]
    page.evaluate(AXE.read_text() + ";0")
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    result = page.evaluate("options => axe.run(document, options)", options)
    for rule in result["violations"]:
        where = [node["target"] for node in rule["nodes"][:3]]
        faults.append(f"{rule['id']}: {rule['help']} {where}")
    return faults + [f"cannot be told: {each}" for each in _untold(result["incomplete"])]


def _untold(rules: list[dict[str, Any]]) -> list[str]:
    """What axe could not decide, but for what is explained."""
    found = []
    for rule in rules:
        for node in rule["nodes"]:
            checks = node["any"] + node["all"] + node["none"]
            reasons = {(each["data"] or {}).get("messageKey") for each in checks}
            if rule["id"] != "color-contrast" or reasons - EXPLAINED:
                found.append(f"{rule['id']}: {node['target']} {checks}")
    return found


def _unsaid(text: str) -> set[str]:
    """What no person should read: keys of the catalogs, holes, values that are not there."""
    words = set(re.findall(r"[\w.-]+", text))
    return (words & (catalog_keys() | {"undefined", "NaN", "null"})) | set(_HOLE.findall(text))


@cache
def catalog_keys() -> frozenset[str]:
    """All keys of the client's catalogs that have a point in them."""
    catalogs = (ROOT / "web/src/messages/en").glob("*.json")
    return frozenset(key for file in catalogs for key in json.loads(file.read_text()))


_TEXTS = """html => {
  const page = html ? new DOMParser().parseFromString(html, 'text/html') : document
  const app = page.createElement('div')
  app.innerHTML = page.getElementById('app').innerHTML.replaceAll(/<!--.*?-->/gs, '')
  const walker = page.createTreeWalker(app, NodeFilter.SHOW_TEXT)
  const texts = [page.title]
  while (walker.nextNode()) {
    const {data, parentElement} = walker.currentNode
    // Offsets of zones are those of the reader's browser, which may know newer rules.
    const text = data.trim().replace(/\\s+/g, ' ')
    if (text && !parentElement.closest('option, textarea')) texts.push(text)
  }
  for (const field of page.querySelectorAll('#app input, #app select, #app textarea'))
    texts.push(`${field.id}: ${/radio|checkbox/.test(field.type) ? field.checked : field.value}`)
  return texts
}"""


def undrawn(page: Any, path: str) -> list[str]:
    """What of the screen as it leaves the gateway the screen that is open does not say; or that
    there is nothing at all, unless the address led elsewhere.
    """
    if not page.url.endswith(path):
        return []
    language = page.locator("html").get_attribute("lang") or ""
    given = as_it_leaves(page, path, language)
    drawn, alive = page.evaluate(_TEXTS, given), iter(page.evaluate(_TEXTS, ""))
    if len(drawn) == 1:
        return ["nothing is drawn"]
    return [f"draws {words}" for words in drawn if words not in alive][:1]


def as_it_leaves(page: Any, path: str, language: str = "en") -> str:
    """The page as it leaves the gateway, but for its styles (the policy of the page that is open
    would speak of them); drawn, if it can be drawn within half a minute.
    """
    for _ in range(30):
        answer = page.request.get(path, headers={"Accept-Language": language}).text()
        html = re.sub(r"<style.*?</style>", "", answer, flags=re.S)
        if '<div id="app"></div>' not in html:
            break
        page.wait_for_timeout(1000)
    return html


def set_language(page: Any, language: str) -> None:
    """The signed-in member reads this language from now on."""
    page.goto("/robots.txt")
    answer = page.request.patch(
        "/api/profiles/members/me",
        data={"language": language},
        headers={"Origin": page.evaluate("location.origin")},
    )
    assert answer.ok, answer.text()
    for _ in range(200):
        if page.request.get("/auth/me").json()["me"]["language"] == language:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the language did not change")


_WALKED = """() => {
  const at = document.activeElement
  if (!at || at === document.body) return null
  at.walked ??= window.walked = (window.walked ?? 0) + 1
  const {left, top, right, bottom} = at.getBoundingClientRect()
  const inside = (low, high, most) => Math.max(1, Math.min(most - 1, (low + high) / 2))
  const [x, y] = [inside(left, right, innerWidth), inside(top, bottom, innerHeight)]
  const there = document.elementFromPoint(x, y)
  const own = [at, ...(at.labels ?? [])]
  const isRinged = each => getComputedStyle(each).outlineStyle !== 'none'
  const isSeen = bottom - top > innerHeight
    || own.some(each => each.contains(there) || there?.contains(each))
  const faults = []
  if (!isSeen) faults.push('is hidden')
  if (!own.some(isRinged)) faults.push('shows no focus')
  return [at.walked, `${at.tagName} ${at.id} ${(at.innerText || '').slice(0, 40)}`, ...faults]
}"""
_LEFT_OUT = """() => [...document.querySelectorAll('a[href], button, input, select, textarea')]
  .filter(each => !each.walked && each.type !== 'radio')
  .filter(each => !each.disabled && each.tabIndex >= 0 && each.getClientRects().length)
  .map(each => `${each.tagName} ${each.id} ${each.innerText.slice(0, 40)}`)"""


def stumbles_of(page: Any) -> list[str]:
    """What somebody meets who walks over the open page by the Tab key alone: what does not show
    that it is where they are, what lies under a bar, what they do not come to.
    """
    found, seen = [], set()
    for _ in range(400):
        page.keyboard.press("Tab")
        at = page.evaluate(_WALKED)
        if at is None or at[0] in seen:
            break
        seen.add(at[0])
        found += [f"{at[1]} {fault}" for fault in at[2:]]
    return found + [f"{name} is not come to" for name in page.evaluate(_LEFT_OUT)]
