/** What the services answer, as far as members' pages use it. */
import type { Role } from './session.svelte'

export interface List<T> {
  items: T[]
  next: string | null
}

export interface Person {
  id: string
  given_name: string
  family_name: string
  zone: string
  city: string
}

export type Way = 'video' | 'phone' | 'in_person'

export interface Window {
  weekday: number
  start: string
  end: string
}

export interface Application {
  id: string
  version: number
  role: Role
  state:
    | 'draft'
    | 'applied'
    | 'shortlisted'
    | 'interviewed'
    | 'accepted'
    | 'waitlisted'
    | 'declined'
    | 'withdrawn'
  stream_id: string | null
  capacity: number
  motives: string[]
  hopes: string
  offers: string
  topics: { id: string; strength: number }[]
  languages: string[]
  ways: Way[]
  region: string
  employer: string
  field: string
  seniority: number | null
  wishes: string[]
  zone: string
  availability: Window[]
  step: string
  applied_at: string | null
  cohort_id: string
  cohort: {
    id: string
    name: string
    program_name: string
    streams: { id: string; name: string }[]
    apply_until: string
    match_on: string
    starts_on: string
    ends_on: string
  }
}

export interface Cohort {
  id: string
  name: string
  program_name: string
  apply_until: string
  starts_on: string
  ends_on: string
  meeting_rhythm_days: number
  meeting_minutes: number
}

export interface ExplainedPart {
  id: string
  points: number
  maximum: number
  facts: {
    wanted?: number
    shared?: (string | number)[]
    levels?: number[]
    unknown?: Role
    same?: string
    different?: string
    gap?: number
    wish?: number
    rank?: number
  }
}

export interface Pair {
  id: string
  version: number
  cohort_id: string
  state: 'proposed' | 'declined' | 'expired' | 'withdrawn' | 'matched' | 'ended'
  mentor: Person
  mentee: Person
  my_role: Role | null
  proposed_at: string
  answer_by: string
  accepted_by: Role[]
  declined_by: Role | null
  matched_at: string | null
  ends_on: string
  ended_at: string | null
  ended_by: Role | 'term' | 'coordinator' | 'withdrawal' | null
  kind_word: string | null
  explanation: { score: number | null; parts: ExplainedPart[] }
  cohort: {
    name: string
    program_name: string
    ends_on: string
    meeting_rhythm_days: number
    meeting_minutes: number
  }
  agreement: {
    version: number
    sections: Record<string, string>
    signed_by: Role[]
    agreed_at: string | null
  }
}

export interface Goal {
  id: string
  version: number
  text: string
  plan: string
  due_on: string | null
  progress: number
  shared: boolean
  is_mine: boolean
  notes: { written_at: string; progress: number; text: string }[]
}

export interface LogPart {
  met: boolean
  why?: string | null
  minutes?: number | null
  progress?: 'good' | 'some' | 'stuck' | null
  topics?: string[]
  note?: string | null
  shared?: boolean
  follow_ups?: string[]
  next_hint?: string | null
}

export interface Meeting {
  id: string
  version: number
  pair_id: string
  state: 'proposed' | 'scheduled' | 'held' | 'missed' | 'cancelled' | 'lapsed'
  mentor: Person
  mentee: Person
  my_role: Role
  number: number | null
  proposed_by: Role
  proposed: string[]
  hold_until: string | null
  replaced_by: string | null
  starts_at: string | null
  ends_at: string | null
  minutes: number
  way: Way
  place: string | null
  agenda: string[]
  cancelled_by: Role | 'end' | null
  log: { mine: LogPart | null; theirs: LogPart | null; needed: boolean; disputed: boolean }
}

export interface Stretch {
  starts_at: string
  ends_at: string
}

export interface Times {
  items: Stretch[]
  minutes: number
  zones: { mine: string; theirs: string }
  has_availability: { mentor: boolean; mentee: boolean }
  free?: { mine: Stretch[]; theirs: Stretch[] }
}

export interface CheckIn {
  id: string
  version: number
  pair_id: string
  occasion: string
  state: 'open' | 'answered' | 'closed'
  due_at: string
  closes_at: string
  answered_at: string | null
  role: Role
  partner: Person
  answer: {
    met: boolean | null
    useful: number | null
    get_on: number | null
    in_the_way: string | null
    help: boolean
  } | null
}

export interface Member {
  id: string
  version: number
  given_name: string
  family_name: string
  address: string
  language: 'en' | 'fr'
  zone: string
  city: string
}
