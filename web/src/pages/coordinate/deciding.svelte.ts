/** What is chosen in screening, and decisions on it: one act, followed until it is done, with a way back. */
import { get, post } from '../../api'
import { hasWord, listed, plural, t, word, type Key } from '../../i18n.svelte'
import { toast } from '../../parts/toast.svelte'
import { reload } from '../../router.svelte'
import type { Application, Decision, State } from './shapes'
import { nameOf } from './words'

const LOOK_EVERY = 300
/** Decisions that may come with a mail. */
export const MAILED: readonly State[] = ['accepted', 'waitlisted', 'declined']

export class Deciding {
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
  }

  clear(): void {
    this.chosen = new Map()
  }

  /** Moves them to another stage. Raises Problem. */
  async decide(on: Application[], decision: State, mail: boolean, words: string): Promise<void> {
    this.refused = []
    const made = await post<Decision>('/api/profiles/decisions', {
      cohort_id: on[0]!.cohort_id,
      application_ids: on.map(({ id }) => id),
      decision,
      mail: mail && MAILED.includes(decision),
      words: mail ? words : '',
    })
    const done = await this.followed(made)
    this.clear()
    await reload()
    this.refused = done.refused.map(({ application_id, code }) => refusal(on, application_id, code))
    const moved = done.total - done.refused_count
    if (moved) {
      toast(plural(`decided.${decision as 'accepted'}`, moved), {
        undo: () => void this.undo(done),
      })
    }
  }

  private async undo(decision: Decision): Promise<void> {
    const undoing = await post<Decision>(`/api/profiles/decisions/${decision.id}/undoing`)
    await this.followed(undoing)
    await reload()
    toast(t('co.undone'))
  }

  private async followed(decision: Decision): Promise<Decision> {
    let found = decision
    try {
      while (found.state === 'applying' || found.state === 'undoing') {
        this.moving = found
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
        found = await get<Decision>(`/api/profiles/decisions/${decision.id}`)
      }
    } finally {
      this.moving = null
    }
    return found
  }
}

function refusal(on: Application[], id: string, code: string): string {
  const who = nameOf(on.find((each) => each.id === id)?.member)
  const why = t((hasWord('refused', code) ? `refused.${code}` : 'refused.other') as Key)
  return t('refused.line', { name: who, why })
}

/** What a card says of an application in one line. */
export function inShort(application: Application): string {
  const topics = application.topics.slice(0, 2).map(({ id }) => word('topic', id))
  const places =
    application.role === 'mentor' ? plural('screening.places_n', application.capacity) : ''
  if (!topics.length) return [places, t('screening.no_answers')].filter(Boolean).join('. ')
  const key = application.role === 'mentor' ? 'screening.offers' : 'screening.wants'
  return [places, t(key, { topic: listed(topics) })].filter(Boolean).join('. ')
}
