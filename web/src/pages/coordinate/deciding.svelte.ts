/** What is chosen in screening, how far a decision on it is and what came of it. */
import { listedWords, plural, t } from '../../i18n.svelte'
import { Later } from '../../later.svelte'
import type { Application, Decision } from './shapes'

export class Deciding {
  /** What can be done: it comes once somebody is chosen. */
  readonly bar = new Later(() => import('./DecideBar.svelte'))
  /** Chosen applications by id. */
  chosen = $state.raw(new Map<string, Application>())
  /** How far the decision at hand is. */
  moving = $state.raw<Decision | null>(null)
  /** Who could not be moved, and why. */
  refused = $state<string[]>([])

  choose(application: Application, isOn: boolean): void {
    const next = new Map(this.chosen)
    if (isOn) next.set(application.id, application)
    else next.delete(application.id)
    this.chosen = next
    void this.bar.whenHere()
  }

  clear(): void {
    this.chosen = new Map()
  }
}

/** What a card says of an application in one line. */
export function inShort(application: Application): string {
  const topics = application.topics.slice(0, 2).map(({ id }) => id)
  const places =
    application.role === 'mentor' ? plural('screening.places_n', application.capacity) : ''
  if (!topics.length) return [places, t('screening.no_answers')].filter(Boolean).join('. ')
  const key = application.role === 'mentor' ? 'screening.offers' : 'screening.wants'
  return [places, t(key, { topic: listedWords('topic', topics) })].filter(Boolean).join('. ')
}
