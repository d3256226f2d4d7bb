/** Decisions on applications: one act, followed until it is done, with a way back. */
import { get, post } from '../../api'
import { hasWord, plural, problem, t, type Key } from '../../i18n.svelte'
import { toast } from '../../parts/toast.svelte'
import { reload } from '../../router.svelte'
import type { Deciding } from './deciding.svelte'
import type { Application, Decision, State } from './shapes'
import { nameOf } from './words'

const LOOK_EVERY = 300
/** Decisions that may come with a mail. */
export const MAILED: readonly State[] = ['accepted', 'waitlisted', 'declined']

/** Moves applications to another stage. Raises Problem. */
export async function decide(
  deciding: Deciding,
  on: Application[],
  decision: State,
  mail: boolean,
  words: string,
): Promise<void> {
  deciding.refused = []
  const made = await post<Decision>('/api/profiles/decisions', {
    cohort_id: on[0]!.cohort_id,
    application_ids: on.map(({ id }) => id),
    decision,
    mail: mail && MAILED.includes(decision),
    words: mail ? words : '',
  })
  const done = await followed(deciding, made)
  deciding.clear()
  await reload()
  deciding.refused = done.refused.map(({ application_id, code }) => refusal(on, application_id, code))
  const moved = done.total - done.refused_count
  if (moved) {
    toast(plural(`decided.${decision as 'accepted'}`, moved), {
      undo: () => void undo(deciding, done),
    })
  }
}

async function undo(deciding: Deciding, decision: Decision): Promise<void> {
  try {
    const undoing = await post<Decision>(`/api/profiles/decisions/${decision.id}/undoing`)
    await followed(deciding, undoing)
    toast(t('co.undone'))
  } catch (error) {
    toast(problem(error))
  }
  await reload()
}

async function followed(deciding: Deciding, decision: Decision): Promise<Decision> {
  let found = decision
  try {
    while (found.state === 'applying' || found.state === 'undoing') {
      deciding.moving = found
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
      found = await get<Decision>(`/api/profiles/decisions/${decision.id}`)
    }
  } finally {
    deciding.moving = null
  }
  return found
}

function refusal(on: Application[], id: string, code: string): string {
  const who = nameOf(on.find((each) => each.id === id)?.member)
  const why = t((hasWord('refused', code) ? `refused.${code}` : 'refused.other') as Key)
  return t('refused.line', { name: who, why })
}
