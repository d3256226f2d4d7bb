/** What of everything is the one lit thing of the home page, and what waits beside it. */
import { formatDeadline, formatLocalDay, formatTime, plural, t } from '../i18n.svelte'
import type { Application, CheckIn, Meeting, Pair } from '../types'
import { nameOf, sidesOf } from './people'

export type Matter =
  | { kind: 'next'; meeting: Meeting; pair?: undefined }
  | { kind: 'offer'; meeting: Meeting; pair?: undefined }
  | { kind: 'log'; meeting: Meeting; pair?: undefined }
  | { kind: 'offered'; meeting: Meeting; pair?: undefined }
  | { kind: 'proposal'; pair: Pair; meeting?: undefined }
  | { kind: 'accepted'; pair: Pair; meeting?: undefined }
  | { kind: 'plan'; pair: Pair; meeting?: undefined; isFirst: boolean }

export interface Waiting {
  key: string
  at: string | null
  title: string
  text: string
  href: string
  /** Not to be done, only to come. */
  isPlanned: boolean
}

interface Everything {
  meetings: Meeting[]
  pairs: Pair[]
  applications: Application[]
  checkIns: CheckIn[]
  matter: Matter | null
  now: number
}

const DAY = 86_400_000

const isAhead = (meeting: Meeting, now: number): boolean =>
  meeting.state === 'scheduled' && Date.parse(meeting.ends_at ?? '') > now

const isForMe = (meeting: Meeting): boolean =>
  meeting.state === 'proposed' && meeting.proposed_by !== meeting.my_role

const isToAnswer = (pair: Pair): boolean =>
  pair.state === 'proposed' && !!pair.my_role && !pair.accepted_by.includes(pair.my_role)

/** Soon a meeting; else a decision that is open; else the next meeting; else what is to be done or waited for. */
export function matterOf(meetings: Meeting[], pairs: Pair[], now: number): Matter | null {
  const next = meetings.find((meeting) => isAhead(meeting, now))
  const proposal = pairs.find(isToAnswer)
  const offer = meetings.find(isForMe)
  const isSoon = next && Date.parse(next.starts_at ?? '') - now < DAY
  if (next && (isSoon || (!proposal && !offer))) return { kind: 'next', meeting: next }
  if (proposal) return { kind: 'proposal', pair: proposal }
  if (offer) return { kind: 'offer', meeting: offer }
  return matterAtRest(meetings, pairs, now)
}

function matterAtRest(meetings: Meeting[], pairs: Pair[], now: number): Matter | null {
  const log = meetings.find((meeting) => meeting.log.needed)
  if (log) return { kind: 'log', meeting: log }
  const pair = toPlan(meetings, pairs)[0]
  if (pair) return { kind: 'plan', pair, isFirst: isNew(pair, meetings, now) }
  const offered = meetings.find((meeting) => meeting.state === 'proposed')
  if (offered) return { kind: 'offered', meeting: offered }
  const accepted = pairs.find((each) => each.state === 'proposed')
  return accepted ? { kind: 'accepted', pair: accepted } : null
}

/** Everything else, by date; what has no date comes first. */
export function waitingOf(all: Everything): Waiting[] {
  const { matter, now } = all
  const items = [
    ...all.meetings.filter((meeting) => meeting.id !== matter?.meeting?.id).map((m) => ofMeeting(m, now)),
    ...all.checkIns.filter((each) => Date.parse(each.closes_at) > now).map(ofCheckIn),
    ...all.pairs.filter((pair) => pair.id !== matter?.pair?.id || matter?.kind === 'plan').map(ofPair),
    ...toPlan(all.meetings, all.pairs)
      .filter((pair) => matter?.kind !== 'plan' || pair.id !== matter.pair.id)
      .map(ofPlan),
    ...all.applications.filter((each) => each.state === 'draft').map(ofDraft),
  ].filter((item) => item !== null)
  return items.sort((one, two) => (one.at ?? '').localeCompare(two.at ?? ''))
}

/** Matched, and nothing is planned, offered or waits to be told about. */
function toPlan(meetings: Meeting[], pairs: Pair[]): Pair[] {
  return pairs.filter(
    (pair) => pair.state === 'matched' && !meetings.some((meeting) => meeting.pair_id === pair.id),
  )
}

/** A pair of the last three weeks has hardly met before. */
function isNew(pair: Pair, meetings: Meeting[], now: number): boolean {
  return !meetings.length && now - Date.parse(pair.matched_at ?? '') < 21 * DAY
}

function ofMeeting(meeting: Meeting, now: number): Waiting | null {
  const { me, partner, role } = sidesOf(meeting)
  const name = partner.given_name
  const href = `/meetings/${meeting.id}`
  const item = { key: meeting.id, at: meeting.starts_at, href, isPlanned: false }
  const count = meeting.proposed.length
  if (meeting.log.disputed) {
    return { ...item, href: `${href}/log`, title: t('home.disputed', { name }), text: t('home.disputedText') }
  }
  if (meeting.log.needed) {
    return { ...item, href: `${href}/log`, title: t('home.log', { name }), text: t('home.logText') }
  }
  if (meeting.state === 'proposed') {
    const at = meeting.proposed[0] ?? null
    return isForMe(meeting)
      ? { ...item, at, title: plural('home.offers', count, { name }), text: t('home.offersText') }
      : { ...item, at, isPlanned: true, title: plural('home.offered', count, { name }), text: t('home.offeredText') }
  }
  if (!isAhead(meeting, now)) return null
  const time = formatTime(meeting.starts_at ?? '', me.zone)
  return {
    ...item,
    isPlanned: true,
    title: meeting.number
      ? t('meeting.nth', { number: meeting.number, name: nameOf(partner) })
      : t('meeting.with', { name: nameOf(partner) }),
    text: role === 'mentor' ? t('home.mentoring', { time }) : time,
  }
}

function ofCheckIn(checkIn: CheckIn): Waiting {
  return {
    key: checkIn.id,
    at: checkIn.due_at,
    href: `/check-ins/${checkIn.id}`,
    title: t('home.checkIn'),
    text: t('home.checkInText', { name: checkIn.partner.given_name }),
    isPlanned: false,
  }
}

function ofPair(pair: Pair): Waiting | null {
  const { partner, role } = sidesOf(pair)
  const name = partner.given_name
  const item = { key: pair.id, at: null, isPlanned: false }
  if (pair.state === 'matched' && !pair.agreement?.signed_by.includes(role)) {
    return { ...item, href: `/pairs/${pair.id}/agreement`, title: t('home.sign', { name }), text: t('home.signText') }
  }
  if (pair.state !== 'proposed') return null
  const href = `/proposals/${pair.id}`
  const until = formatDeadline(pair.answer_by)
  return isToAnswer(pair)
    ? { ...item, at: pair.answer_by, href, title: nameOf(partner), text: t('home.answerBy', { until }) }
    : {
        ...item,
        at: pair.answer_by,
        href,
        isPlanned: true,
        title: t('home.accepted', { name }),
        text: t('home.acceptedText', { name, until }),
      }
}

function ofPlan(pair: Pair): Waiting {
  const { partner } = sidesOf(pair)
  return {
    key: `plan-${pair.id}`,
    at: null,
    href: `/pairs/${pair.id}/propose`,
    title: t('home.plan', { name: partner.given_name }),
    text: t('home.planText'),
    isPlanned: false,
  }
}

function ofDraft(application: Application): Waiting {
  const { cohort } = application
  return {
    key: application.id,
    at: `${cohort.apply_until}T12:00:00Z`,
    href: `/apply/${application.id}`,
    title: t('home.draft'),
    text: t('home.draftText', { cohort: cohort.name, day: formatLocalDay(cohort.apply_until) }),
    isPlanned: false,
  }
}
