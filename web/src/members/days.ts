/** Common times by day, on the reader's clock. */
import { localDay, localHours } from '../i18n.svelte'
import type { Stretch, Times } from '../types'

export interface Day {
  day: string
  times: Stretch[]
  mine: Span[]
  theirs: Span[]
}

/** Hours of a day, from and to. */
export interface Span {
  from: number
  to: number
}

export function daysOf(times: Times, zone: string): Day[] {
  const days = new Map<string, Day>()
  for (const time of times.items) {
    const day = localDay(time.starts_at, zone)
    if (!days.has(day)) days.set(day, { day, times: [], mine: [], theirs: [] })
    days.get(day)?.times.push(time)
  }
  for (const side of ['mine', 'theirs'] as const) {
    for (const stretch of times.free?.[side] ?? []) {
      const found = days.get(localDay(stretch.starts_at, zone))
      found?.[side].push(spanOf(stretch, zone))
    }
  }
  return [...days.values()]
}

/** Where both are free: what two lists of spans share. */
export function sharedOf({ mine, theirs }: Day): Span[] {
  return mine.flatMap((one) =>
    theirs
      .map((two) => ({ from: Math.max(one.from, two.from), to: Math.min(one.to, two.to) }))
      .filter((span) => span.from < span.to),
  )
}

/** The hours that the chart spans: of everybody's free times, 8 to 20 at least. */
export function reachOf(days: Day[]): Span {
  const spans = days.flatMap((day) => [...day.mine, ...day.theirs])
  return {
    from: Math.min(8, ...spans.map((span) => Math.floor(span.from))),
    to: Math.max(20, ...spans.map((span) => Math.ceil(span.to))),
  }
}

function spanOf(stretch: Stretch, zone: string): Span {
  const from = localHours(stretch.starts_at, zone)
  const hours = (Date.parse(stretch.ends_at) - Date.parse(stretch.starts_at)) / 3_600_000
  return { from, to: Math.min(from + hours, 24) }
}
