/** The two of a pair, as seen by one of them. */
import {
  formatDay,
  formatTime,
  formatTimes,
  localDay,
  placeOf,
  t,
} from '../i18n.svelte'
import type { Role } from '../session.svelte'
import type { Meeting, Person } from '../types'

interface Two {
  mentor: Person
  mentee: Person
  my_role: Role | null
}

export interface Sides {
  me: Person
  partner: Person
  role: Role
  /** The partner's role. */
  other: Role
}

export function sidesOf(two: Two): Sides {
  const role = two.my_role ?? 'mentee'
  const other = role === 'mentor' ? 'mentee' : 'mentor'
  return { me: two[role], partner: two[other], role, other }
}

export const nameOf = (person: Person): string => `${person.given_name} ${person.family_name}`.trim()

/** "Saskatoon time. 3:00 p.m. for Ruth, in Halifax.": the other's clock only where it differs. */
export function zonesOf(at: string, { me, partner }: Sides): string {
  const mine = t('time.mine', { city: placeOf(me) })
  const [here, there] = [formatTime(at, me.zone), formatTime(at, partner.zone)]
  const isOtherDay = localDay(at, me.zone) !== localDay(at, partner.zone)
  if (here === there && !isOtherDay) return `${mine} ${t('time.same', { name: partner.given_name })}`
  const time = isOtherDay ? `${formatDay(at, partner.zone)}, ${there}` : there
  return `${mine} ${t('time.theirs', { time, name: partner.given_name, city: placeOf(partner) })}`
}

/** When a meeting is, on the reader's clock. */
export function timesOf(meeting: Meeting, zone: string): string {
  return meeting.starts_at && meeting.ends_at ? formatTimes(meeting.starts_at, meeting.ends_at, zone) : ''
}

/** The address to join by, if that is what stands for the place. */
export function linkOf(place: string | null): string | null {
  return place && /^https?:\/\/\S+$/.test(place.trim()) ? place.trim() : null
}
