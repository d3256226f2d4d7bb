/** The questions of an application, one a page: which there are, and which is asked. */
import { t, type Key } from '../i18n.svelte'
import type { Application } from '../types'

export type Question =
  | 'stream'
  | 'work'
  | 'stage'
  | 'topics'
  | 'languages'
  | 'ways'
  | 'times'
  | 'hopes'
  | 'wishes'
  | 'capacity'

/** What can still be changed after sending: life goes on. */
const PRACTICAL: Question[] = ['languages', 'ways', 'times', 'capacity']

/** What a page with a question gets. */
export interface Asked {
  question: Question
  answers: Application
  error?: string
}

export const FIELDS: Record<Question, (keyof Application)[]> = {
  stream: ['stream_id'],
  work: ['employer', 'region', 'zone'],
  stage: ['field', 'seniority'],
  topics: ['topics'],
  languages: ['languages'],
  ways: ['ways'],
  times: ['availability', 'zone'],
  hopes: ['motives', 'hopes', 'offers'],
  wishes: ['wishes'],
  capacity: ['capacity'],
}

/** Without these an application cannot be sent. */
const NEEDED: Partial<Record<Question, keyof Application>> = {
  stream: 'stream_id',
  topics: 'topics',
  languages: 'languages',
  ways: 'ways',
  times: 'availability',
}

export function questionsOf(application: Application): Question[] {
  const all: Question[] = ['work', 'stage', 'topics', 'languages', 'ways', 'times', 'hopes', 'wishes']
  if (application.cohort.streams.length > 1) all.unshift('stream')
  if (application.role === 'mentor') all.push('capacity')
  return all
}

/** What may be answered still: of what is sent, how and when one meets, and what was left open. */
export function openOf(application: Application): Question[] {
  const { state } = application
  if (state === 'declined' || state === 'withdrawn') return []
  return questionsOf(application).filter(
    (each) => state === 'draft' || PRACTICAL.includes(each) || isLeftOpen(each, application),
  )
}

const isLeftOpen = (question: Question, application: Application) =>
  FIELDS[question].every((name) => {
    const answer = application[name]
    return name === 'zone' || name === 'motives' || answer === null || answer === '' || isNone(answer)
  })
const isNone = (answer: unknown) => Array.isArray(answer) && !answer.length

/** The question that an address asks for, or where a draft was left; null: the answers are checked. */
export function askedOf(application: Application, query: URLSearchParams): Question | null {
  const wanted = query.get('q')
  if (wanted) return openOf(application).find((each) => each === wanted) ?? null
  if (application.state !== 'draft') return null
  const questions = questionsOf(application)
  return questions.find((each) => each === application.step) ?? questions[0] ?? null
}

export function titleOf(question: Question, application: Application): string {
  return question === 'topics' ? t(`q.topics.${application.role}`) : t(`q.${question}` as Key)
}

/** What is missing before the application can be sent, by question. */
export function missingOf(question: Question, answers: Application): { id: string; text: string }[] {
  const needed = NEEDED[question]
  const answer = needed && answers[needed]
  if (!needed || (Array.isArray(answer) ? answer.length : answer)) return []
  return [{ id: question, text: t(`a.${question}Missing` as Key) }]
}
