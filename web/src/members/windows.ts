/** Windows of the week as stretches of minutes: added, taken away, joined. */
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

export const clockOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

export function spansOf(windows: Window[], weekday: number): Span[] {
  return windows
    .filter((each) => each.weekday === weekday)
    .map((each) => ({ from: minutesOf(each.start), to: minutesOf(each.end) }))
    .map((span) => (span.to <= span.from ? { ...span, to: span.to + 1440 } : span))
    .sort((one, two) => one.from - two.from)
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
    end: to > 1440 ? clockOf(to - 1440) : clockOf(to),
  }))
  return [...windows.filter((each) => each.weekday !== weekday), ...fresh].sort(
    (one, two) => one.weekday - two.weekday || one.start.localeCompare(two.start),
  )
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}
