/** Calls to the services through the gateway. Every failure is a `Problem` with a code that the catalogs have words for. */
import { boot } from './session.svelte'

export interface Fault {
  field: string
  code: string
  values?: Record<string, unknown>
}

export class Problem extends Error {
  constructor(
    /** 0: nobody answered. */
    readonly status: number,
    readonly code: string,
    readonly faults: Fault[] = [],
    readonly values: Record<string, unknown> = {},
  ) {
    super(code)
  }
}

export interface Options {
  /** Makes a repeat of the same act the same act; by itself each call is a new one. */
  key?: string
  /** What the reader saw: a later change by somebody else is refused (412). */
  version?: number
}

/** The body, once from the shell if it brought it along. */
export async function get<T>(url: string): Promise<T> {
  if (boot.data && url in boot.data) {
    const body = boot.data[url] as { code?: string; status?: number } & T
    delete boot.data[url]
    if (typeof body?.status === 'number' && body.code) throw problemOf(body.status, body)
    return body
  }
  return call<T>('GET', url)
}

export const post = <T>(url: string, body: unknown = {}, options?: Options): Promise<T> =>
  call<T>('POST', url, body, options)

export const put = <T>(url: string, body: unknown, options?: Options): Promise<T> =>
  call<T>('PUT', url, body, options)

export const patch = <T>(url: string, body: unknown, options?: Options): Promise<T> =>
  call<T>('PATCH', url, body, options)

export const del = (url: string): Promise<void> => call<void>('DELETE', url)

/** A key for an act that may be sent twice. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function call<T>(method: string, url: string, body?: unknown, options: Options = {}) {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (method === 'POST') headers['Idempotency-Key'] = options.key ?? newKey()
  if (options.version !== undefined) headers['If-Match'] = `"${options.version}"`
  const answer = await answered(url, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const found = answer.status === 204 ? undefined : parsed(await answer.text())
  if (answer.ok) return found as T
  throw problemOf(answer.status, found)
}

/** One repeat when the service is on its way back: reads are safe, acts carry their key. */
async function answered(url: string, init: RequestInit): Promise<Response> {
  for (let left = init.method === 'GET' || init.method === 'POST' ? 1 : 0; ; left--) {
    try {
      const answer = await fetch(url, init)
      if (answer.status !== 503 || left <= 0) return answer
    } catch {
      if (left <= 0) throw new Problem(0, 'no-answer')
    }
    await new Promise((resolve) => setTimeout(resolve, 1500))
  }
}

/** JSON, or nothing if it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The failure that an answer tells of. */
export function problemOf(status: number, body: unknown): Problem {
  const told = (body ?? {}) as { code?: string; faults?: Fault[]; values?: Record<string, unknown> }
  return new Problem(status, told.code ?? `status-${status}`, told.faults, told.values)
}
