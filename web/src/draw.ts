/**
 * Draws the first screen where the page is made, so that it is seen before any script has come. The
 * gateway has a Node run this (see draw.host.mjs), each time in a world of its own.
 */
import { render } from 'svelte/server'
import App from './App.svelte'
import Failed from './pages/Failed.svelte'
import { route, show } from './router.svelte'

export interface Drawn {
  /** The whole of the client's part of the page; empty if it is better made by the client alone. */
  html: string
  title: string
}

async function draw(): Promise<Drawn> {
  await show(new URL(location.href))
  if (!route.page || route.page === Failed) return { html: '', title: '' }
  const { head, body } = render(App)
  return {
    // The marks are for taking over what was drawn; here it is exchanged whole. Where the hours of a day stand is a
    // style of their own, which the policy of the page does not allow: they wait until the client says it.
    html: body.replaceAll(/<!--.*?-->/gs, '').replaceAll(/ style="inset-inline-start:[^"]*"/g, ' hidden'),
    title: /<title>(.*?)<\/title>/s.exec(head)?.[1] ?? '',
  }
}

Object.assign(globalThis, { draw })
