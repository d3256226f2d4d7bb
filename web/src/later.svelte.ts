/** What of a page is not on its first view (a dialog, a form, a step) is a file that comes when it is asked for. */
import type { Component } from 'svelte'
import { Problem } from './api'
import { problem } from './i18n.svelte'
import { toast } from './parts/toast.svelte'

const whenIdle = globalThis.requestIdleCallback ?? setTimeout

export class Later<C extends Component<any, any, any>> {
  /** Null until it is here. */
  part = $state.raw<C | null>(null)

  constructor(private readonly bring: () => Promise<{ default: C }>) {}

  fetch = async (): Promise<void> => {
    this.part ??= (await this.bring()).default
  }

  /** Does what was asked as soon as the part is here. If it cannot come, says so: a next try may. */
  async whenHere(act?: () => void): Promise<void> {
    try {
      await this.fetch()
    } catch {
      return toast(problem(new Problem(0, 'no-answer')))
    }
    act?.()
  }
}

/** For a page to call: fetches these once the page is shown and nothing else is to be done. */
export function ahead(...parts: Later<any>[]): void {
  $effect(() => {
    whenIdle(() => {
      for (const each of parts) each.fetch().catch(() => {})
    })
  })
}
