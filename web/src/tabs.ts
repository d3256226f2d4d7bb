/** Which tabs stand in the header (on phones at the bottom), and which one is current. */
import type { Key } from './i18n.svelte'
import type { IconName } from './parts/Icon.svelte'
import { session } from './session.svelte'

export interface Tab {
  href: string
  label: Key
  icon: IconName
  isCurrent: boolean
}

type Entry = [href: string, label: Key, icon: IconName, current: RegExp]

const MEMBER: Entry[] = [
  ['/', 'tab.home', 'home', /^\/($|proposals|check-ins|apply)/],
  ['/pairs', 'tab.pair', 'pair', /^\/pairs(?!.*propose)/],
  ['/meetings', 'tab.meetings', 'calendar', /^\/(meetings|calendar|pairs\/.*\/propose)/],
  ['/me', 'tab.me', 'person', /^\/me$/],
]

/** The tabs of a page; none before sign-in. */
export function tabsOf(path: string): Tab[] {
  if (!session.me) return []
  const cohort = /^(\/coordinate\/cohorts\/(?!new$)[^/]+)/.exec(path)?.[1]
  const entries = cohort ? ofCohort(cohort) : path.startsWith('/coordinate') ? general() : member()
  return entries.map(([href, label, icon, current]) => ({
    href,
    label,
    icon,
    isCurrent: current.test(path),
  }))
}

function member(): Entry[] {
  return session.isCoordinator
    ? [...MEMBER, ['/coordinate', 'tab.coordinate', 'list', /^\/coordinate/]]
    : MEMBER
}

function general(): Entry[] {
  return [
    ['/coordinate', 'tab.coordinate', 'list', /^\/coordinate/],
    ['/me', 'tab.me', 'person', /^\/me$/],
  ]
}

function ofCohort(cohort: string): Entry[] {
  return [
    [cohort, 'tab.overview', 'chart', /^\/coordinate\/cohorts\/[^/]+(\/figures.*)?$/],
    [`${cohort}/screening`, 'tab.screening', 'list', /\/screening/],
    [`${cohort}/matching`, 'tab.matching', 'pair', /\/matching/],
    [`${cohort}/pairs`, 'tab.pairs', 'people', /\/pairs/],
    [`${cohort}/more`, 'tab.more', 'more', /\/(more|settings|import|help)/],
  ]
}
