/** What the services answer to coordinators. */
import type { Failed } from '../../router.svelte'

export type Role = 'mentor' | 'mentee'
export type Or<T> = T | Failed

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

export interface Program {
  id: string
  version: number
  name: string
  purpose: string
  outcomes: { text: string; measure: string; due_on: string | null }[]
  principles: string
  streams: { id?: string | null; name: string; for_whom: string }[]
  coordinator_ids: string[]
}

export interface Cohort {
  id: string
  version: number
  program_id: string
  program_name: string
  name: string
  zone: string
  coordinator_ids: string[]
  streams: { id: string; name: string }[]
  apply_from: string
  apply_until: string
  match_on: string
  starts_on: string
  ends_on: string
  meeting_rhythm_days: number
  check_in_rhythm_days: number
  answer_days: number
  match_again_days: number
  meeting_minutes: number
  agreement_template: Record<string, string>
  criteria: { preset: string; changes: Record<string, number> }
}

export const STATES = [
  'applied',
  'shortlisted',
  'interviewed',
  'accepted',
  'waitlisted',
  'declined',
] as const
export type State = (typeof STATES)[number] | 'withdrawn'

export interface Application {
  id: string
  version: number
  cohort_id: string
  member: Person | null
  role: Role
  state: State
  stream_id: string | null
  capacity: number
  topics: { id: string; strength: number }[]
  languages: string[]
  ways: string[]
  region: string
  employer: string
  field: string
  seniority: number | null
  wishes: string[]
  motives: string[]
  zone: string
  availability: { weekday: number; start: string; end: string }[]
  hopes: string
  offers: string
  applied_at: string
}

export interface Applications extends List<Application> {
  counts: Record<State, number>
}

export interface Decision {
  id: string
  version: number
  decision: State
  state: 'applying' | 'done' | 'undoing' | 'undone'
  total: number
  done: number
  refused_count: number
  refused: { application_id: string; code: string }[]
}

export interface RowFault {
  column: string
  code: string
  values?: Record<string, string | number>
}

export interface ImportRow {
  row: number
  values: Record<string, string>
  faults: RowFault[]
  member: { given_name: string; family_name: string; address: string; zone: string; city: string }
  role: Role | 'both'
}

export interface Import {
  id: string
  version: number
  cohort_id: string
  state: 'mapping' | 'checking' | 'checked' | 'applying' | 'done'
  file_name: string
  headers: string[]
  guess: Record<string, string | null>
  sample: string[][]
  mapping: Record<string, string | null> | null
  defaults: { role: Role | null; language: string | null; zone: string | null }
  rows: number
  total: number
  done: number
  good: number
  faulty: number
  skipped: number
  refused: number
  invite: boolean
  created_at: string
}

export interface Standing {
  mentees_waiting: number
  mentors: number
  free_places: number
  accepted_known: number
  looks_at: string | null
}

export interface Run {
  id: string
  version: number
  cohort_id: string
  number: number
  state: 'computing' | 'ready' | 'publishing' | 'published' | 'failed'
  proposals: number
  unmatched: number
  mentees: number
  mentors: number
  places: number
  mean: number
  lowest: number | null
  lowest_share: number | null
  minimum: number | null
  published: number
  refused: number
  asked_at: string
  by_itself: boolean
}

export interface ScorePart {
  id: string
  points: number
  maximum: number
  facts: Facts
}

export interface Facts {
  wanted?: number
  shared?: (string | number)[]
  gap?: number
  same?: string
  different?: string
  unknown?: Role
}

export interface Best {
  score: number
  mentor: Person
}

export interface Proposal {
  id: string
  state: 'draft' | 'published' | 'refused'
  mentor: Person
  mentee: Person
  score: number
  parts: ScorePart[]
  best: Best | null
  pair_id: string | null
  code: string | null
}

export interface Told {
  code: string
  values: {
    score?: number
    minimum?: number
    moved?: number
    eligible?: number
    places?: number
    is_kept?: boolean
    criteria?: string[]
    rules?: { criterion: string; count: number; alone: number }[]
    mentor?: Person
    mentee?: Person
    matched?: Person
  }
}

export interface LeftOut {
  id: string
  kind: Role
  mentor?: Person
  mentee?: Person
  mentor_application_id?: string
  mentee_application_id?: string
  reason: Told
  change: Told | null
}

export interface Pair {
  id: string
  version: number
  state: 'proposed' | 'matched' | 'ended' | 'declined' | 'expired' | 'withdrawn'
  mentor: Person
  mentee: Person
  proposed_at: string
  answer_by: string
  accepted_by: Role[]
  declined_by: Role | null
  declined_reason: string | null
  matched_at: string | null
  signed_by: Role[]
  agreed_at: string | null
  ended_at: string | null
  explanation: { score: number | null; parts: ScorePart[]; best: Best | null }
}

export interface PairRow {
  pair_id: string
  mentee: { id: string; name: string }
  mentor: { id: string; name: string }
  state: Pair['state']
  meetings_held: number
  last_held_at: string | null
  planned_until: string | null
  quiet_since: string | null
  nudged_at: string | null
}

export interface FigureRow extends Partial<PairRow> {
  application_id?: string
  name?: string
  role?: Role
  meeting_id?: string
  pair?: string
  starts_at?: string | null
  check_in_id?: string
  occasion?: string
  partner?: string
  asked_at?: string
  answered_at?: string | null
}

export interface Month {
  month: string
  held: number
  planned: number
  not_logged: number
}

export interface Dashboard {
  counted_at: string | null
  funnel: { id: string; count: number; of: number }[]
  meetings: Month[]
  pairs: number
  quiet: PairRow[]
  quiet_count: number
  check_ins: { due: number; answered: number }
  help_open: number
  topics: { id: string; wanted: number | null; discussed: number | null }[]
}

export interface HelpRequest {
  id: string
  pair_id: string
  asked_at: string
  member: Person
  words: string | null
}
