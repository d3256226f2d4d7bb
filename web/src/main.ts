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

/** What the gateway has drawn gives way to the same with life in it; what was typed meanwhile stays, and where. */
function takeOver(drawn: HTMLElement): void {
  const alive = drawn.cloneNode() as HTMLElement
  mount(App, { target: alive })
  const typed = [...drawn.querySelectorAll<Field>('input, textarea, select')].filter(isChanged)
  const { id } = document.activeElement ?? {}
  drawn.replaceWith(alive)
  flushSync()
  for (const before of typed) {
    const field = before.id && document.getElementById(before.id)
    if (!field) continue
    const { value, checked } = before as HTMLInputElement
    Object.assign(field, { value, checked })
    field.dispatchEvent(new Event('input', { bubbles: true }))
    field.dispatchEvent(new Event('change', { bubbles: true }))
  }
  if (id) document.getElementById(id)?.focus()
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

function isChanged(field: Field): boolean {
  if (field instanceof HTMLSelectElement) return [...field.options].some((each) => each.selected !== each.defaultSelected)
  return field.value !== field.defaultValue || (field as HTMLInputElement).checked !== !!(field as HTMLInputElement).defaultChecked
}

/** The words for what may go wrong are here before anything can. */
for (const touch of ['pointerdown', 'keydown']) {
  const load = () => void loadWords('problems').catch(() => {})
  addEventListener(touch, load, { once: true, capture: true })
}

void begin()
