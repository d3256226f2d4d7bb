/** Which page is shown. The page before stays until the next one is whole: its code, its words and its data. */
import { tick, type Component } from 'svelte'
import { get, Problem } from './api'
import { loadWords } from './i18n.svelte'
import pages from 'virtual:pages'
import routes from './routes.json'
import { session } from './session.svelte'

export type Params = Record<string, string>
export type Data = Record<string, unknown>

/** What a page gets. `data.<name>` is a body, or `Failed` if that one did not come. */
export interface PageProps<D = Data> {
  data: D
  params: Params
  query: URLSearchParams
}

export interface Failed {
  problem: Problem
}

interface Module {
  default: Component<PageProps<any>>
  /** Where to go instead, once the data is known. */
  elsewhere?: (data: any, params: Params) => string | undefined
  /** What of the page comes apart from it and is needed to show this; it is here before the page is shown. */
  brings?: (data: any, query: URLSearchParams) => Promise<void>
  /** Lists on this page do not move by themselves: what is new waits behind "Show". */
  steady?: boolean
  /** What is new behind "Show", in words. */
  news?: (waiting: any, data: any) => string
}

interface Entry {
  path: string
  page: string
  for: string
  /** For the gateway, which has the browser fetch it at once: the part that a page of several shows first. */
  begins?: string
  /** Catalogs beside `core`, with blanks between. */
  words: string
  data: Record<string, string>
  pattern: RegExp
}

const entries: Entry[] = (routes as unknown as Entry[]).map((entry) => ({
  ...entry,
  pattern: new RegExp(`^${entry.path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
}))

class Route {
  /** Address without query. */
  path = $state('')
  /** Name of the page: its file below pages/. */
  name = $state('')
  params = $state.raw<Params>({})
  query = $state.raw(new URLSearchParams())
  data = $state.raw<Data>({})
  page = $state.raw<Component<PageProps<any>> | null>(null)
  /** Why the page could not be shown, if so. */
  failure = $state.raw<Problem | null>(null)
  /** Changed data that waits until the reader asks for it. */
  waiting = $state.raw<Data | null>(null)
  /** What has changed since could not be fetched. */
  isStale = $state(false)
  /** When the data that is shown came. */
  loadedAt = $state(0)
  /** Since when a page is on its way, 0 if none. */
  loadingSince = $state(0)
}

export const route = new Route()
let shown: { entry: Entry; module: Module } | null = null
let turn = 0
let isLeaving = false
let again: ReturnType<typeof setTimeout> | undefined

/** The data of a name, or null if it did not come. */
export function whole<T>(body: T | Failed): T | null {
  return body && typeof body === 'object' && 'problem' in body ? null : (body as T)
}

/** Go to a page of the client. */
export function navigate(path: string, options: { replace?: boolean } = {}): void {
  const history = options.replace ? 'replace' : 'auto'
  if (window.navigation) void window.navigation.navigate(path, { history }).finished?.catch(() => {})
  else {
    window.history[options.replace ? 'replaceState' : 'pushState'](null, '', path)
    void arrive(new URL(path, location.href), true)
  }
}

/** Go to a page by loading it whole: somebody else is signed in there, or nobody. */
export function leave(path: string): void {
  isLeaving = true
  location.assign(path)
}

/** Fetches the data of the page again. `quietly`: a steady page only says that there is news. */
export async function reload(options: { quietly?: boolean } = {}): Promise<void> {
  const found = shown
  if (!found) return
  const mine = turn
  const fresh = await load(found.entry, route.params, route.query)
  const lost = Object.values(fresh).find(isFailed)?.problem
  // Without what would show it, new data is not to be had either.
  const isWhole = await (found.module.brings?.(fresh, route.query) ?? Promise.resolve()).then(
    () => !lost,
    () => false,
  )
  // Data of a page that was left meanwhile is nobody's.
  if (mine !== turn || found !== shown) return
  route.isStale = !isWhole && !(lost && lost.status >= 400 && lost.status < 500)
  if (route.isStale) later()
  if (!isWhole) return
  if (JSON.stringify(fresh) === JSON.stringify(route.data)) {
    route.loadedAt = session.now
    return
  }
  if (options.quietly && found.module.steady && shape(fresh) !== shape(route.data)) {
    route.waiting = fresh
    return
  }
  take(fresh)
}

/** The services are on their way back: once more soon, and no oftener. */
function later(): void {
  clearTimeout(again)
  again = setTimeout(() => void reload({ quietly: true }), 10_000)
}

/** What waits, in the words of the page if it has some. */
export function waitingWords(): string | undefined {
  return shown?.module.news?.(route.waiting, route.data)
}

/** Shows the changed data that waited. */
export function showWaiting(): void {
  if (route.waiting) take(route.waiting)
}

/** Begins: the page of the address, and every one after. */
export async function start(): Promise<void> {
  if (window.navigation) window.navigation.addEventListener('navigate', intercept)
  else {
    addEventListener('popstate', () => void arrive(new URL(location.href), false))
    addEventListener('click', clicked)
  }
  await show(new URL(location.href))
}

function intercept(event: NavigateEvent): void {
  const to = new URL(event.destination.url)
  if (isLeaving || !event.canIntercept || event.hashChange || event.downloadRequest !== null || event.formData) return
  if (to.origin !== location.origin || !match(to.pathname)) return
  if (event.navigationType === 'reload') return
  const isBack = event.navigationType === 'traverse'
  event.intercept({
    scroll: 'manual',
    focusReset: 'manual',
    handler: async () => {
      // Awaited: once the navigation is over, the browser no longer knows where reading was.
      if (await show(to)) await settle(isBack ? () => event.scroll() : undefined)
    },
  })
}

function clicked(event: MouseEvent): void {
  const link = (event.target as Element).closest?.('a')
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return
  const to = new URL(link.href)
  if (link.target || link.download || to.origin !== location.origin || !match(to.pathname)) return
  if (to.hash && to.pathname === location.pathname) return
  event.preventDefault()
  window.history.pushState(null, '', to)
  void arrive(to, true)
}

async function arrive(to: URL, isForward: boolean): Promise<void> {
  if (await show(to)) await settle(isForward ? undefined : () => {})
}

/** Where reading goes on: at the top, with the focus on the name of the page. */
async function settle(scroll?: () => void): Promise<void> {
  await tick()
  if (scroll) scroll()
  else window.scrollTo(0, 0)
  const name = document.querySelector<HTMLElement>('main h1')
  if (name && !document.activeElement?.closest('main')) {
    name.tabIndex = -1
    name.focus({ preventScroll: true })
  }
}

/** Shows the page of an address; whether it is another one (a change of the query alone keeps the page). */
export async function show(to: URL): Promise<boolean> {
  const mine = ++turn
  route.loadingSince = Date.now()
  const found = match(to.pathname)
  const entry = allowed(found?.entry)
  const params = found?.params ?? {}
  try {
    const [module, data] = await Promise.all([
      page(entry.page),
      load(entry, params, to.searchParams),
      loadWords('core', ...entry.words.split(' ')),
    ])
    if (mine !== turn) return false
    const first = Object.values(data)[0]
    if (isFailed(first)) return await refuse(first.problem, to, mine)
    const instead = module.elsewhere?.(data, params)
    if (instead) {
      navigate(instead, { replace: true })
      return false
    }
    await module.brings?.(data, to.searchParams)
    if (mine !== turn) return false
    return place(to, entry, module, params, data)
  } catch (error) {
    if (mine !== turn) return false
    route.failure = error instanceof Problem ? error : new Problem(0, 'no-answer')
    if (!shown) place(to, entry, { default: (await notThere()).default }, params, {})
    return false
  } finally {
    if (mine === turn) route.loadingSince = 0
  }
}

function place(to: URL, entry: Entry, module: Module, params: Params, data: Data): boolean {
  const isOther = route.path !== to.pathname || route.name !== entry.page
  shown = { entry, module }
  route.params = params
  route.query = to.searchParams
  route.failure = null
  route.isStale = false
  take(data)
  route.page = module.default
  route.path = to.pathname
  route.name = entry.page
  return isOther
}

/** What the page is about is not there, not for this reader, or cannot be reached. */
async function refuse(problem: Problem, to: URL, mine: number): Promise<boolean> {
  if (problem.status === 401) session.me = null
  const name = problem.status === 401 ? 'SignIn' : problem.status === 404 || problem.status === 403 ? 'NotFound' : ''
  if (!name && shown) {
    route.failure = problem
    return false
  }
  const module = name ? await page(name) : await notThere()
  if (mine !== turn) return false
  const isOther = place(to, { ...bare, page: name || 'Failed' }, module, {}, {})
  if (!name) route.failure = problem
  return isOther
}

const bare: Entry = { path: '', page: 'NotFound', for: 'anyone', words: 'core', data: {}, pattern: /$/ }

function allowed(entry: Entry | undefined): Entry {
  if (!entry) return bare
  if (entry.for !== 'anyone' && !session.me) return { ...bare, page: 'SignIn' }
  if (entry.for === 'coordinator' && !session.isCoordinator) return bare
  return entry
}

const page = (name: string): Promise<Module> => pages[name]!() as Promise<Module>
const notThere = (): Promise<Module> => page('Failed')

function match(path: string): { entry: Entry; params: Params } | null {
  for (const entry of entries) {
    const found = entry.pattern.exec(path)
    if (found) return { entry, params: { ...found.groups } }
  }
  return null
}

function take(data: Data): void {
  route.data = data
  route.waiting = null
  route.loadedAt = session.now
}

/** All data at once; one that fails does not take the others with it. */
async function load(entry: Entry, params: Params, query: URLSearchParams): Promise<Data> {
  const named = Object.entries(entry.data).map(async ([name, template]) => {
    try {
      return [name, await get(address(template, params, query))] as const
    } catch (error) {
      if (error instanceof Problem) return [name, { problem: error }] as const
      throw error
    }
  })
  return Object.fromEntries(await Promise.all(named))
}

/** `:id` is of the path, `{month}` of the query. */
function address(template: string, params: Params, query: URLSearchParams): string {
  return template
    .replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? '')
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(query.get(name) ?? ''))
}

function isFailed(value: unknown): value is Failed {
  return !!value && typeof value === 'object' && 'problem' in value && value.problem instanceof Problem
}

/** Which things are listed, in which order: what a steady page does not change by itself. */
function shape(data: Data): string {
  return Object.values(data)
    .map((body) => (body as { items?: { id?: string }[] })?.items?.map((item) => item.id).join() ?? '')
    .join('|')
}
