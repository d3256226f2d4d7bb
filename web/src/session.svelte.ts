/** What the shell brings along: who is here, of which association, and the first data. */

export type Language = 'en' | 'fr'
export type Role = 'mentor' | 'mentee'

export interface Me {
  id: string
  given_name: string
  family_name: string
  roles: string[]
  zone: string
  language: Language
  association: { id: string; name: string; zone: string; languages: Language[] }
}

/** What a mailed link does, and what the words of its page need. */
export interface BootLink {
  purpose: string
  state: 'open' | 'used' | 'expired' | 'unknown'
  [value: string]: unknown
}

export interface Boot {
  now: string
  language: Language
  url: string
  demo: boolean
  me: Me | null
  association: { name: string } | null
  needs_setup: boolean
  link?: BootLink
  data: Record<string, unknown>
}

const element = document.getElementById('boot')

/** The shell's data, as it came. */
export const boot = JSON.parse(element?.textContent || '{}') as Boot

class Session {
  me = $state.raw<Me | null>(boot.me ?? null)
  /** Moves on by itself, so that words like "in 2 days" stay true. */
  now = $state(Date.now())

  get isCoordinator(): boolean {
    return !!this.me?.roles.some((role) => role === 'coordinator' || role === 'admin')
  }

  /** The zone that times are shown in: the reader's own. */
  get zone(): string {
    return this.me?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  }
}

export const session = new Session()

const ahead = boot.now ? Date.parse(boot.now) - Date.now() : 0

function tick(): void {
  session.now = Date.now() + ahead
}

tick()
setInterval(tick, 20_000)
