/** A time for a meeting is chosen in two steps, or is one of one's own; each of the three comes when it is its turn. */
import { Later } from '../later.svelte'

export const dayList = new Later(() => import('./DayList.svelte'))
export const timeList = new Later(() => import('./TimeList.svelte'))
export const ownTimes = new Later(() => import('./OwnTimes.svelte'))

export const stepOf = (query: URLSearchParams) =>
  query.has('own') ? ownTimes : query.has('day') ? timeList : dayList
