/** The first thing that runs: words and data of the first page, then the page. */
import { flushSync, mount } from 'svelte'
import App from './App.svelte'
import { loadWords } from './i18n.svelte'
import { listen } from './live'
import { start } from './router.svelte'
import './tokens.css'
import './parts.css'

/** A function, for pages import this file: an `await` out here would have them wait for themselves. */
async function begin(): Promise<void> {
  await start()
  takeOver(document.getElementById('app')!)
  performance.mark('usable')
  requestAnimationFrame(() => setTimeout(() => void listen(), 0))
}

/** What the gateway has drawn gives way to the same with life in it; what was done meanwhile counts. */
function takeOver(drawn: HTMLElement): void {
  const alive = drawn.cloneNode() as HTMLElement
  mount(App, { target: alive })
  const before = [...drawn.querySelectorAll('*')]
  const { activeElement } = document
  drawn.replaceWith(alive)
  flushSync()
  const after = alive.querySelectorAll('*')
  const same = <E extends Element>(each: E | null | undefined) => {
    const found = each && after[before.indexOf(each)]
    return found?.tagName === each?.tagName ? (found as E | undefined) : undefined
  }
  for (const field of window.touched ?? []) {
    const now = same(field)
    if (!now) continue
    if (/radio|checkbox/.test(field.type)) {
      if (now.checked !== field.checked) now.click()
      continue
    }
    now.value = field.value
    for (const type of ['input', 'change']) now.dispatchEvent(new Event(type, { bubbles: true }))
  }
  window.touched = undefined
  same(activeElement as HTMLElement | null)?.focus()
  const button = same(window.pressed)
  if (button?.textContent === window.pressed?.textContent) button?.click()
}

declare global {
  /** What was done before there was life in it: the shell notes it. */
  interface Window {
    touched?: Set<HTMLInputElement>
    pressed?: HTMLElement | null
  }
}

/** The words for what may go wrong are here before anything can. */
for (const touch of ['pointerdown', 'keydown']) {
  const load = () => void loadWords('problems').catch(() => {})
  addEventListener(touch, load, { once: true, capture: true })
}

void begin()
