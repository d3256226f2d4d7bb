/** A long list, page by page: the first page is data of the route, the next ones are asked for. */
import { get } from '../../api'
import type { List } from './shapes'

export class Pages<T> {
  private more = $state.raw<T[]>([])
  /** Where to go on; null behind the last page. */
  next = $state<string | null>(null)
  readonly items = $derived.by(() => [...(this.first()?.items ?? []), ...this.more])

  /** `url`: the address of the list, with its query. */
  constructor(
    private readonly first: () => List<T> | null,
    private readonly url: () => string,
  ) {
    $effect(() => {
      this.next = this.first()?.next ?? null
      this.more = []
    })
  }

  show = async (): Promise<void> => {
    const url = this.url()
    const page = await get<List<T>>(`${url}${url.includes('?') ? '&' : '?'}after=${encodeURIComponent(this.next ?? '')}`)
    this.more = [...this.more, ...page.items]
    this.next = page.next
  }
}
