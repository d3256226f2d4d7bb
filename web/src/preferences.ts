/** What a reader chooses: light or dark, and the language. */
import { patch, put } from './api'
import { speak } from './i18n.svelte'
import { session, type Language } from './session.svelte'

export type Theme = 'auto' | 'light' | 'dark'

const YEAR = 31_536_000

/** Kept in a cookie: the shell comes in the right colours at once. */
export function theme(): Theme {
  const kept = /(?:^|; )theme=(light|dark)/.exec(document.cookie)?.[1]
  return (kept as Theme | undefined) ?? 'auto'
}

export function setTheme(to: Theme): void {
  const kept = to === 'auto' ? 'theme=; Max-Age=0' : `theme=${to}; Max-Age=${YEAR}`
  document.cookie = `${kept}; Path=/; SameSite=Lax${location.protocol === 'https:' ? '; Secure' : ''}`
  if (to === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = to
}

/** Speaks another language, and remembers it: in the profile, before sign-in in a cookie. */
export async function changeLanguage(to: Language): Promise<void> {
  await speak(to)
  if (session.me) await patch('/api/profiles/members/me', { language: to }).catch(() => {})
  else await put('/auth/language', { language: to }).catch(() => {})
}
