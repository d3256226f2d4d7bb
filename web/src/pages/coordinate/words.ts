/** Words that several pages of coordinators need: names, phases, reasons, faults. */
import {
  formatLocalDay,
  formatNumber,
  formatPoints,
  hasWord,
  languageName,
  listed,
  listedWords,
  localDay,
  plural,
  t,
  word,
  type Key,
  type PluralKey,
  type Values,
} from '../../i18n.svelte'
import type { Fault } from '../../api'
import { session } from '../../session.svelte'
import type { Applications, Cohort, Facts, LeftOut, Person, Told } from './shapes'

/** Given and family name, or that it is on its way. */
export function nameOf(person: Person | null | undefined): string {
  return `${person?.given_name ?? ''} ${person?.family_name ?? ''}`.trim() || t('co.unnamed')
}

/** How many applications came since the list was shown, in words. */
export function newApplications(
  waiting: Record<string, unknown>,
  data: Record<string, unknown>,
): string {
  const more = applicationsIn(waiting) - applicationsIn(data)
  return more > 0 ? plural('screening.news', more) : t('screening.changed')
}

function applicationsIn(data: Record<string, unknown>): number {
  const list = (data.applied ?? data.list) as Applications | undefined
  return Object.values(list?.counts ?? {}).reduce((sum, count) => sum + count, 0)
}

export type Phase = 'ahead' | 'apply' | 'screen' | 'match' | 'term' | 'over'

/** Where a cohort is in its calendar today, on its own clocks. */
export function phaseOf(cohort: Cohort): Phase {
  const today = localDay(session.now, cohort.zone)
  if (today < cohort.apply_from) return 'ahead'
  if (today <= cohort.apply_until) return 'apply'
  if (today < cohort.match_on) return 'screen'
  if (today < cohort.starts_on) return 'match'
  return today <= cohort.ends_on ? 'term' : 'over'
}

/** "Week 14 of 26." */
export function phaseWords(cohort: Cohort): string {
  const phase = phaseOf(cohort)
  const day = {
    ahead: cohort.apply_from,
    apply: cohort.apply_until,
    screen: cohort.match_on,
    match: cohort.starts_on,
    term: '',
    over: cohort.ends_on,
  }[phase]
  const from = Date.parse(cohort.starts_on)
  const weeks = (until: string) => Math.floor((Date.parse(until) - from) / 604_800_000) + 1
  return t(`phase.${phase}`, {
    day: day && formatLocalDay(day),
    week: formatNumber(weeks(localDay(session.now, cohort.zone))),
    weeks: formatNumber(weeks(cohort.ends_on)),
  })
}

export const address = (cohortId: string, rest = ''): string =>
  `/coordinate/cohorts/${cohortId}${rest}`

/** The address with other values of the query; empty ones are left out. */
export function withQuery(query: URLSearchParams, changes: Record<string, string | null>): string {
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value)
    else next.delete(name)
  }
  const text = next.toString()
  return text && `?${text}`
}

/** What a fault of a form says, beside the name of its field. */
export function flaw(fault: Fault, name: (field: string) => string): string {
  const known = hasWord('flaw', fault.code) ? fault.code : 'other'
  // A rule of a single value tells its bounds by place, the others theirs by name.
  const told = Array.isArray(fault.values) ? bounds(fault.values) : (fault.values ?? {})
  const follows = CALENDAR[CALENDAR.indexOf(fault.field) - 1]
  const values: Values = { field: name(fault.field), follows: follows && name(follows), days: 732 }
  for (const [key, value] of Object.entries(told)) {
    if (key !== 'follows') values[key] = String(value)
  }
  return t(`flaw.${known}` as Key, values)
}

const CALENDAR = ['apply_from', 'apply_until', 'match_on', 'starts_on', 'ends_on']

function bounds(values: string[]): Values {
  const number = (value: string | undefined) => formatNumber(Number(value))
  return values.length > 1
    ? { least: number(values[0]), most: number(values[1]) }
    : { most: number(values[0]) }
}

/** Why a mentee or mentor was left out. */
export function reasonWords(row: LeftOut): string {
  const { code, values } = row.reason
  const told = sharedValues(row, row.reason)
  if (values.eligible !== undefined || values.places !== undefined) {
    return plural(`reason.${code}` as PluralKey, values.eligible ?? values.places ?? 0, told)
  }
  const rules = listed((values.rules ?? []).map((rule) => ruleWords(rule.criterion, rule.count)))
  return t((hasWord('reason', code) ? `reason.${code}` : 'reason.other') as Key, {
    ...told,
    rules,
    code,
  })
}

function ruleWords(criterion: string, count: number): string {
  const stem = hasWord('rule', `${criterion}.other`) ? criterion : 'other'
  return plural(`rule.${stem}` as PluralKey, count, { criterion: word('criterion', criterion) })
}

/** What would match them. */
export function changeWords(row: LeftOut): string {
  const change = row.change
  if (!change) return ''
  const { values, code } = change
  const told = sharedValues(row, change)
  if (code === 'add_place') {
    if (values.is_kept) return t('change.add_place_kept', told)
    const isOther = values.matched?.id !== values.mentor?.id
    return t(isOther ? 'change.add_place_other' : 'change.add_place', told)
  }
  if (code === 'lower_minimum') {
    return values.moved
      ? plural('change.lower_minimum_moved', values.moved, told)
      : t('change.lower_minimum', told)
  }
  const criteria = listed((values.criteria ?? []).map((id) => word('criterion', id)))
  const text = t(criteria ? 'change.allow_pair' : 'change.allow_pair_minimum', {
    ...told,
    criteria,
  })
  return values.places ? `${text} ${t('change.one_place')}` : text
}

function sharedValues(row: LeftOut, told: Told): Values {
  const { score, minimum, mentor, mentee, matched } = told.values
  return {
    name: nameOf(row[row.kind]),
    mentor: nameOf(mentor),
    other: nameOf(row.kind === 'mentee' ? mentor : mentee),
    matched: nameOf(matched),
    score: score === undefined ? '' : formatPoints(score),
    minimum: minimum === undefined ? '' : formatPoints(minimum),
  }
}

/** What lies behind the points of one line of an explanation. */
export function factWords(criterion: string, facts: Facts): string {
  if (facts.unknown) return t(`fact.unknown_${facts.unknown}`)
  if (facts.gap !== undefined) {
    if (facts.gap === 0) return t('fact.level')
    return plural(facts.gap > 0 ? 'fact.ahead' : 'fact.behind', Math.abs(facts.gap))
  }
  if (facts.same) return t('fact.same')
  if (facts.different) return t('fact.different')
  if (!facts.shared) return ''
  if (criterion === 'times') return plural('fact.hours', facts.shared.length)
  const count = {
    wanted: formatNumber(facts.wanted ?? 0),
    shared: formatNumber(facts.shared.length),
  }
  if (!facts.shared.length)
    return criterion === 'topics' ? t('fact.topics_none', count) : t('fact.none')
  const shared = facts.shared.map(String)
  if (criterion === 'language') return listed(shared.map(languageName))
  if (criterion === 'topics') return t('fact.topics', { ...count, list: listedWords('topic', shared) })
  return listedWords(criterion === 'wishes' ? 'co.wish' : criterion, shared)
}
