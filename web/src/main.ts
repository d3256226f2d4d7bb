/** The first thing that runs: words and data of the first page, then the page. */
import { mount } from 'svelte'
import App from './App.svelte'
import { loadWords } from './i18n.svelte'
import { listen } from './live'
import { start } from './router.svelte'
import './tokens.css'
import './parts.css'

/** Not awaited up here: pages import this file's chunk, which must not wait for them. */
async function begin(): Promise<void> {
  await start()
  mount(App, { target: document.getElementById('app')! })
  requestAnimationFrame(() => setTimeout(() => Promise.all([loadWords('problems'), listen()]), 0))
}

void begin()
