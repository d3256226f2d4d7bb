/** Words in the reader's language, and the ways in which days, times and numbers are written. */
import type agreement from './messages/en/agreement.json'
import type apply from './messages/en/apply.json'
import type coordinator from './messages/en/coordinator.json'
import type core from './messages/en/core.json'
import type home from './messages/en/home.json'
import type imports from './messages/en/import.json'
import type link from './messages/en/link.json'
import type log from './messages/en/log.json'
import type me from './messages/en/me.json'
import type meet from './messages/en/meet.json'
import type pair from './messages/en/pair.json'
import type problems from './messages/en/problems.json'
import type profile from './messages/en/profile.json'
import type proposal from './messages/en/proposal.json'
import type settings from './messages/en/settings.json'
import type texts from './messages/en/texts.json'
import type topics from './messages/en/topics.json'
import type { Fault } from './api'
import { Problem } from './api'
import { boot, session, type Language } from './session.svelte'

type Catalogs = typeof agreement &
  typeof apply &
  typeof log &
  typeof proposal &
  typeof coordinator &
  typeof core &
  typeof home &
  typeof imports &
  typeof link &
  typeof profile &
  typeof me &
  typeof meet &
  typeof pair &
  typeof problems &
  typeof settings &
  typeof texts &
  typeof topics
export type Key = keyof Catalogs
/** A key whose words depend on a number: `x.one`, `x.other`, and if wanted `x.zero`. */
export type PluralKey = Key extends infer K ? (K extends `${infer Stem}.other` ? Stem : never) : never
export type Values = Record<string, string | number | null | undefined>
export type Moment = string | number | Date

const files = import.meta.glob<{ default: Record<string, string> }>('./messages/*/*.json')
const LOCALES: Record<Language, string> = { en: 'en-CA', fr: 'fr-CA' }

/** A mailed link speaks the language of the one it was mailed to. */
const first = (boot.me ? boot.language : ((boot.link?.language as Language) ?? boot.language)) ?? 'en'
const spoken = $state({ language: first })
let words = $state.raw<Record<string, string>>({})
const loaded = new Map<string, Record<string, string>>()

export const language = (): Language => spoken.language
export const locale = (): string => LOCALES[spoken.language]

/** Fetches catalogs of the reader's language; those that are here cost nothing. */
export async function loadWords(...names: string[]): Promise<void> {
  const missing = names
    .map((name) => `./messages/${spoken.language}/${name}.json`)
    .filter((path) => !loaded.has(path) && path in files)
  if (!missing.length) return
  for (const [n, module] of (await Promise.all(missing.map((path) => files[path]!()))).entries()) {
    loaded.set(missing[n]!, module.default)
  }
  words = Object.assign({}, words, ...missing.map((path) => loaded.get(path)))
}

/** Another language, with the catalogs that are in use. */
export async function speak(to: Language): Promise<void> {
  const names = [...loaded.keys()].map((path) => path.split('/').at(-1)!.replace('.json', ''))
  const before = spoken.language
  spoken.language = to
  try {
    await loadWords(...new Set(names))
  } catch (error) {
    spoken.language = before
    throw error
  }
  const own = [...loaded].filter(([path]) => path.startsWith(`./messages/${to}/`))
  words = Object.assign({}, ...own.map(([, catalog]) => catalog))
  document.documentElement.lang = to
}

/** The words of a key, with `{name}` filled in. `{of:city}` says whose in French ("d’Ottawa"). */
export function t(key: Key, values: Values = {}): string {
  return filled(words[key] ?? key, values)
}

/** The words for a count; `{count}` is written as a number of the language. */
export function plural(key: PluralKey, count: number, values: Values = {}): string {
  const form = count === 0 && words[`${key}.zero`] ? 'zero' : rules().select(count)
  const text = words[`${key}.${form}`] ?? words[`${key}.other`] ?? key
  return filled(text, { count: formatNumber(count), ...values })
}

/** The words of one of a family of codes (`topic.` + id); what has no words is shown as it is. */
export function word(family: string, code: string): string {
  return words[`${family}.${code}`] ?? code.replaceAll(/[-_]/g, ' ')
}

/** Whether there are words for one of a family of codes. */
export function hasWord(family: string, code: string): boolean {
  return `${family}.${code}` in words
}

/** What a fault of a field says. */
export function fault(found: Fault): string {
  const [code = '', ...rest] = found.code.split(':')
  // A rule of a field tells its bounds in a list.
  const bounds = Array.isArray(found.values) ? found.values.map(String) : rest
  const values = { ...numbered(bounds), ...plain(found.values) }
  const field = found.field.replaceAll(/\.\d+/g, '')
  return filled(
    words[`fault.${field}.${code}`] ?? words[`fault.${code}`] ?? words['fault.other'] ?? code,
    values,
  )
}

/** What a failure says. */
export function problem(found: unknown): string {
  if (!(found instanceof Problem)) return filled(words['problem.other'] ?? '', {})
  const text = words[`problem.${found.code}`] ?? words[`problem.status.${found.status}`]
  return filled(text ?? words['problem.other'] ?? '', plain(found.values))
}

/** "Anna, Ben and Chloé". */
export function listed(items: string[]): string {
  return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(items)
}

/** Several of a family of codes: "Energy, health and listening". */
export function listedWords(family: string, codes: string[]): string {
  return listed(codes.map((code, n) => (n ? lower(word(family, code)) : word(family, code))))
}

/** Words that go on in a sentence. */
export function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return format(Intl.NumberFormat, options).format(value)
}

/** Hundredths of a point: 8528 is "85.28". */
export function formatPoints(hundredths: number): string {
  return formatNumber(hundredths / 100, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
}

/** "Thursday 14 May"; with the year if it is not this one. */
export function formatDay(at: Moment, zone: string = session.zone, form: 'long' | 'short' = 'long') {
  const part = parts(at, zone, {
    weekday: form,
    day: 'numeric',
    month: form,
    year: 'numeric',
  })
  const year = part.year === parts(session.now, zone, { year: 'numeric' }).year ? '' : ` ${part.year}`
  const day = part.day === '1' && spoken.language === 'fr' ? '1er' : part.day
  return `${part.weekday} ${day} ${part.month}${year}`
}

/** "14 May", "14 May 2025": a day without its weekday. */
export function formatDate(at: Moment, zone: string = session.zone): string {
  return formatDay(at, zone).replace(/^\S+ /, '')
}

/** A local day as the services write it (`2026-05-14`), in words; it is the same day everywhere. */
export function formatLocalDay(day: string, form: 'long' | 'date' = 'long'): string {
  const at = `${day}T12:00:00Z`
  return form === 'date' ? formatDate(at, 'UTC') : formatDay(at, 'UTC')
}

/** "12:00 p.m.", "12 h". */
export function formatTime(at: Moment, zone: string = session.zone): string {
  const part = parts(at, zone, { hour: 'numeric', minute: '2-digit', dayPeriod: undefined })
  if (spoken.language === 'fr') {
    const hour = Number(part.hour)
    return part.minute === '00' ? `${hour}\u00a0h` : `${hour}\u00a0h\u00a0${part.minute}`
  }
  return `${part.hour}:${part.minute}\u00a0${part.dayPeriod}`
}

/** "12:00 – 12:45 p.m.", "12 h à 12 h 45". */
export function formatTimes(from: Moment, to: Moment, zone: string = session.zone): string {
  const [first, last] = [formatTime(from, zone), formatTime(to, zone)]
  if (spoken.language === 'fr') return `${first} à ${last}`
  const half = (text: string) => text.split('\u00a0')[1]
  return half(first) === half(last) ? `${first.split('\u00a0')[0]} – ${last}` : `${first} – ${last}`
}

/** "Thursday 14 May, 12:00 p.m.". */
export function formatDayTime(at: Moment, zone: string = session.zone): string {
  const link = spoken.language === 'fr' ? ' à ' : ', '
  return `${formatDay(at, zone)}${link}${formatTime(at, zone)}`
}

/** "the end of Thursday 14 May" if that day ends there, else "Thursday 14 May, 9:00 p.m.". */
export function formatDeadline(at: Moment, zone: string = session.zone): string {
  const isMidnight = localHours(at, zone) === 0
  const day = formatDay(+new Date(at) - Number(isMidnight), zone)
  return t(isMidnight ? 'time.endOf' : 'time.before', { day, time: formatTime(at, zone) })
}

/** "today", "tomorrow", "in 2 days", "3 hours ago": days as the calendar counts them. */
export function formatRelative(at: Moment, zone: string = session.zone): string {
  const moment = +new Date(at)
  const minutes = Math.round((moment - session.now) / 60_000)
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' })
  const days = dayNumber(moment, zone) - dayNumber(session.now, zone)
  if (Math.abs(minutes) < 60) return relative.format(minutes, 'minute')
  if (days === 0) return relative.format(Math.trunc(minutes / 60), 'hour')
  if (Math.abs(days) < 14) return relative.format(days, 'day')
  if (Math.abs(days) < 70) return relative.format(Math.round(days / 7), 'week')
  return relative.format(Math.round(days / 30.44), 'month')
}

/** Small and big line of the margin: "Wed" 13 within two weeks, else "May" 13. */
export function marginDay(at: Moment, zone: string = session.zone): { small: string; day: string } {
  const near = Math.abs(+new Date(at) - session.now) < 14 * 86_400_000
  const part = parts(at, zone, { weekday: 'short', day: 'numeric', month: 'short' })
  return { small: (near ? part.weekday : part.month) ?? '', day: part.day ?? '' }
}

/** The local day of a moment, as `2026-05-14`. */
export function localDay(at: Moment, zone: string = session.zone): string {
  const part = numberParts(at, zone)
  return `${part.year}-${part.month}-${part.day}`
}

/** Hours after midnight on the clocks of the zone. */
export function localHours(at: Moment, zone: string = session.zone): number {
  const part = numberParts(at, zone)
  return Number(part.hour) + Number(part.minute) / 60
}

/** The moment at which the clocks of a zone show this day and time (`2026-05-14`, `12:00`). */
export function momentOf(day: string, time: string, zone: string = session.zone): Date {
  const wanted = Date.parse(`${day}T${time}:00Z`)
  let moment = wanted
  for (let n = 0; n < 2; n++) moment = wanted - offset(moment, zone)
  return new Date(moment)
}

/** Hours by which a zone is ahead of another at a moment. */
export function hoursAhead(zone: string, of: string, at: Moment): number {
  return (offset(+new Date(at), zone) - offset(+new Date(at), of)) / 3_600_000
}

/** "UTC−6". */
export function formatOffset(zone: string, at: Moment): string {
  const hours = offset(+new Date(at), zone) / 3_600_000
  const sign = hours < 0 ? '−' : '+'
  const whole = Math.trunc(Math.abs(hours))
  const rest = Math.round((Math.abs(hours) - whole) * 60)
  return `UTC${hours === 0 ? '' : sign + whole}${rest ? `:${rest}` : ''}`
}

/** Where a person is, for words: the city, or what the zone is named after. */
export function placeOf(person: { city?: string; zone: string }): string {
  return person.city || zoneCity(person.zone)
}

/** "Saskatoon" of `America/Saskatoon`. */
export function zoneCity(zone: string): string {
  return zone.split('/').at(-1)!.replaceAll('_', ' ')
}

/** The weekday, 0 is Monday, in the language. */
export function weekdayName(weekday: number, form: 'long' | 'short' = 'long'): string {
  return format(Intl.DateTimeFormat, { weekday: form, timeZone: 'UTC' }).format(
    Date.UTC(2024, 0, 1 + weekday),
  )
}

/** "May" of `2026-05`. */
export function monthName(month: string, form: 'long' | 'short' = 'short'): string {
  const text = format(Intl.DateTimeFormat, { month: form, timeZone: 'UTC' }).format(
    Date.parse(`${month}-15T00:00:00Z`),
  )
  return text[0]!.toUpperCase() + text.slice(1)
}

/** The name of a language, in the reader's language. */
export function languageName(code: string): string {
  const name = new Intl.DisplayNames(locale(), { type: 'language' }).of(code)
  // Browsers do not know the names of all languages of the country.
  return name && name !== code ? name : word('language', code)
}

const made = new Map<string, unknown>()

function format<O, F>(Kind: new (locale: string, options?: O) => F, options?: O): F {
  const key = Kind.name + locale() + JSON.stringify(options)
  if (!made.has(key)) made.set(key, new Kind(locale(), options))
  return made.get(key) as F
}

function rules(): Intl.PluralRules {
  return format(Intl.PluralRules)
}

function parts(at: Moment, zone: string, options: Intl.DateTimeFormatOptions) {
  const clock = format(Intl.DateTimeFormat, { ...options, timeZone: known(zone) })
  return Object.fromEntries(clock.formatToParts(new Date(at)).map((part) => [part.type, part.value]))
}

function numberParts(at: Moment, zone: string): Record<string, string> {
  const key = `numbers${zone}`
  if (!made.has(key)) {
    const options = { hourCycle: 'h23', timeZone: known(zone), dateStyle: 'short', timeStyle: 'medium' }
    made.set(key, new Intl.DateTimeFormat('en-CA', options as Intl.DateTimeFormatOptions))
  }
  const clock = made.get(key) as Intl.DateTimeFormat
  return Object.fromEntries(clock.formatToParts(new Date(at)).map((part) => [part.type, part.value]))
}

function offset(at: number, zone: string): number {
  const p = numberParts(at, zone)
  const shown = Date.parse(`${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}:${p.second}Z`)
  return shown - Math.floor(at / 1000) * 1000
}

function dayNumber(at: number, zone: string): number {
  return Math.floor((at + offset(at, zone)) / 86_400_000)
}

/** A zone that this browser does not know is shown in UTC rather than not at all. */
function known(zone: string): string {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone })
    return zone
  } catch {
    return 'UTC'
  }
}

function filled(text: string, values: Values): string {
  const whole = text.replaceAll(/\{(of:)?(\w+)\}/g, (found, of: string | undefined, name: string) => {
    const value = values[name]
    if (value === undefined || value === null) return found
    if (!of) return String(value)
    return /^[aeiouyhàâéèêëîïôûœ]/i.test(String(value)) ? `d’${value}` : `de ${value}`
  })
  // A sentence that ends with "p.m." has its full stop already.
  return whole.replaceAll(/([ap]\.m\.)\./g, '$1')
}

/** What a code carries behind colons: `too-long:200`, `out-of-range:1:10`. */
function numbered(rest: string[]): Values {
  const [first, last] = rest
  return { most: last ?? first, least: first }
}

function plain(values: Record<string, unknown> | undefined): Values {
  return Object.fromEntries(
    Object.entries(values ?? {}).filter(([, value]) => typeof value !== 'object'),
  ) as Values
}
