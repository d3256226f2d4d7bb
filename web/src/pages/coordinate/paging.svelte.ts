/** A long list, page by page: the first page is data of the route, the next ones are asked for. */
import { get } from '../../api'
import { problem } from '../../i18n.svelte'
import type { List } from './shapes'

export class Pages<T> {
  /** What was asked for since the first page came: a new first page is a new beginning. */
  private more = $derived.by<T[]>(() => (this.first(), []))
  /** Where to go on; null behind the last page. */
  next = $derived.by<string | null>(() => this.first()?.next ?? null)
  /** Why a page did not come, in words. */
  trouble = $state('')
  readonly items = $derived.by(() => [...(this.first()?.items ?? []), ...this.more])

  /** `first`: the first page, if it is here; `url`: the address of the list, with its query. */
  constructor(
    private readonly first: () => List<T> | null,
    private readonly url: () => string,
  ) {}

  show = async (): Promise<void> => {
    const url = this.url()
    this.trouble = ''
    try {
      const page = await get<List<T>>(
        `${url}${url.includes('?') ? '&' : '?'}after=${encodeURIComponent(this.next ?? '')}`,
      )
      this.more = [...this.more, ...page.items]
      this.next = page.next
    } catch (error) {
      this.trouble = problem(error)
    }
  }
}

/** A long list that no route brings along: its first page is asked for as well. */
export class Fetched<T> extends Pages<T> {
  constructor(url: () => string) {
    let first = $state.raw<List<T> | null>(null)
    super(() => first, url)
    $effect(() => {
      void get<List<T>>(url()).then(
        (page) => (first = page),
        (error: unknown) => (this.trouble = problem(error)),
      )
    })
  }
}
