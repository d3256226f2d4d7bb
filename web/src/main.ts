/** The first thing that runs: words and data of the first page, then the page. */
import { mount } from 'svelte'
import App from './App.svelte'
import { loadWords } from './i18n.svelte'
import { listen } from './live'
import { start } from './router.svelte'
import './tokens.css'
import './parts.css'

/** A function, for pages import this file: an `await` out here would have them wait for themselves. */
async function begin(): Promise<void> {
  await start()
  mount(App, { target: document.getElementById('app')! })
  requestAnimationFrame(() => setTimeout(() => void listen(), 0))
}

/** The words for what may go wrong are here before anything can. */
for (const touch of ['pointerdown', 'keydown']) {
  const load = () => void loadWords('problems').catch(() => {})
  addEventListener(touch, load, { once: true, capture: true })
}

void begin()
