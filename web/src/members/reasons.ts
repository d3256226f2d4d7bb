/** Why somebody declines: told to the coordinators, and never to the other one. */
import { t } from '../i18n.svelte'
import type { Role } from '../session.svelte'

/** What there is to choose from, for a reader of this role. */
export const reasonsFor = (role?: Role) => [
  { value: 'known', label: t('why.known') },
  { value: 'topics', label: t(role === 'mentor' ? 'why.topicsMentor' : 'why.topics') },
  { value: 'times', label: t('why.times') },
  { value: 'near', label: t('why.near') },
  { value: 'other', label: t('why.other') },
]

/** The reason as it is sent: what was chosen, then the own words; empty if there are none. */
export function reasonOf(chosen: string, words: string, role?: Role): string {
  const label = reasonsFor(role).find(({ value }) => value === chosen)?.label ?? ''
  return [chosen === 'other' ? '' : label, words.trim()].filter(Boolean).join('. ') || label
}
