/** Windows of the week as stretches of minutes: added, taken away, joined. */
import { formatTimes } from '../i18n.svelte'
import type { Window } from '../types'

export interface Span {
  from: number
  to: number
}

export const PARTS = [
  { id: 'morning', from: 480, to: 720 },
  { id: 'noon', from: 720, to: 780 },
  { id: 'afternoon', from: 780, to: 1020 },
  { id: 'evening', from: 1020, to: 1260 },
] as const

const clockOf = (minutes: number): string =>
  minutes === 1440 ? '24:00' : new Date(minutes * 60_000).toISOString().slice(11, 16)

export function labelOf({ from, to }: Span): string {
  const at = (minutes: number) => Date.UTC(2026, 0, 15, 0, minutes % 1440)
  return formatTimes(at(from), at(to), 'UTC')
}

/** One that ends at midnight or after it goes on beyond the day's last minute. */
export function spanOf(window: Window): Span {
  const [from, to] = [minutesOf(window.start), minutesOf(window.end)]
  return { from, to: to > from ? to : to + 1440 }
}

export function spansOf(windows: Window[], weekday: number): Span[] {
  return windows
    .filter((each) => each.weekday === weekday)
    .map(spanOf)
}

export const covers = (spans: Span[], part: Span): boolean =>
  spans.some((span) => span.from <= part.from && span.to >= part.to)

/** The windows with a stretch of a day added to them. */
export function withSpan(windows: Window[], weekday: number, span: Span): Window[] {
  const joined: Span[] = []
  for (const each of [...spansOf(windows, weekday), span].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last && each.from <= last.to) last.to = Math.max(last.to, each.to)
    else joined.push({ ...each })
  }
  return replaced(windows, weekday, joined)
}

/** The windows without a stretch of a day. */
export function withoutSpan(windows: Window[], weekday: number, span: Span): Window[] {
  const left = spansOf(windows, weekday).flatMap((each) =>
    [
      { from: each.from, to: Math.min(each.to, span.from) },
      { from: Math.max(each.from, span.to), to: each.to },
    ].filter((part) => part.from < part.to),
  )
  return replaced(windows, weekday, left)
}

function replaced(windows: Window[], weekday: number, spans: Span[]): Window[] {
  const fresh = spans.map(({ from, to }) => ({
    weekday,
    start: clockOf(from),
    end: clockOf(to),
  }))
  return [...windows.filter((each) => each.weekday !== weekday), ...fresh].sort(
    (one, two) => one.weekday - two.weekday || one.start.localeCompare(two.start),
  )
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}
