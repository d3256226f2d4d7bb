/** What a mailed link is about, as the gateway tells the page. */
import type { BootLink, Role } from '../session.svelte'
import type { Way } from '../types'

export interface Told extends BootLink {
  next?: string
  /** The new mail address that the link is to prove. */
  address?: string
  association?: { name: string } | null
  member?: { given_name: string; family_name: string; zone: string; city?: string }
  partner?: { given_name: string; family_name: string } | null
  role?: Role
  answer_by?: string
  starts_at?: string
  ends_at?: string
  minutes?: number
  way?: Way
  useful?: number | null
}

export interface Done {
  done?: boolean
  next?: string
  choose?: { association_id: string; name: string }[]
}
