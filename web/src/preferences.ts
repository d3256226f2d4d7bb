/** What a reader chooses: light or dark, and the language. */
import { patch, put } from './api'
import { speak } from './i18n.svelte'
import { session, type Language } from './session.svelte'

export type Theme = 'auto' | 'light' | 'dark'

const KEPT = 'guildway.theme'

export function theme(): Theme {
  const kept = localStorage.getItem(KEPT)
  return kept === 'light' || kept === 'dark' ? kept : 'auto'
}

export function setTheme(to: Theme): void {
  if (to === 'auto') localStorage.removeItem(KEPT)
  else localStorage.setItem(KEPT, to)
  applyTheme()
}

export function applyTheme(): void {
  const wanted = theme()
  if (wanted === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = wanted
}

/** Speaks another language, and remembers it: in the profile, before sign-in in a cookie. */
export async function changeLanguage(to: Language): Promise<void> {
  await speak(to)
  if (session.me) await patch('/api/profiles/members/me', { language: to }).catch(() => {})
  else await put('/auth/language', { language: to }).catch(() => {})
}
