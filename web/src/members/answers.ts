/** The questions of an application, one a page, and how their answers read. */
import { formatTimes, languageName, listed, t, weekdayName, word, type Key } from '../i18n.svelte'
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
export const PRACTICAL: Question[] = ['languages', 'ways', 'times', 'capacity']

export const REGIONS = ['AB', 'BC', 'MB', 'NB', 'NL', 'NS', 'NT', 'NU', 'ON', 'PE', 'QC', 'SK', 'YT']
export const LANGUAGES = ['en', 'fr', 'es', 'zh', 'pa', 'ar', 'tl', 'pt', 'de', 'it', 'uk', 'cr', 'iu']
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

export function questionsOf(application: Application): Question[] {
  const all: Question[] = ['work', 'stage', 'topics', 'languages', 'ways', 'times', 'hopes', 'wishes']
  if (application.cohort.streams.length > 1) all.unshift('stream')
  if (application.role === 'mentor') all.push('capacity')
  return all
}

export function titleOf(question: Question, application: Application): string {
  return question === 'topics' ? t(`q.topics.${application.role}`) : t(`q.${question}` as Key)
}

/** What is missing before the application can be sent, by question. */
export function missingOf(question: Question, answers: Application): { id: string; text: string }[] {
  if (question === 'stream' && !answers.stream_id) return [{ id: 'stream', text: t('a.streamMissing') }]
  if (question === 'topics' && !answers.topics.length) return [{ id: 'topics', text: t('a.topicsMissing') }]
  if (question === 'languages' && !answers.languages.length) {
    return [{ id: 'languages', text: t('a.languagesMissing') }]
  }
  if (question === 'ways' && !answers.ways.length) return [{ id: 'ways', text: t('a.waysMissing') }]
  if (question === 'times' && !answers.availability.length) {
    return [{ id: 'times', text: t('a.timesMissing') }]
  }
  return []
}

/** The answer to a question, as a line; empty if there is none. */
export function readOf(question: Question, answers: Application): string {
  const read: Record<Question, () => (string | false | null | undefined)[]> = {
    stream: () => [answers.cohort.streams.find((each) => each.id === answers.stream_id)?.name],
    work: () => [answers.employer, answers.region && word('region', answers.region)],
    stage: () => [answers.field, answers.seniority !== null && word('seniority', String(answers.seniority))],
    topics: () => [answers.topics.length && listed(answers.topics.map((topic) => word('topic', topic.id)))].map(String),
    languages: () => [listed(answers.languages.map(languageName))],
    ways: () => [listed(answers.ways.map((way) => word('a.way', way)))],
    times: () =>
      answers.availability.map(
        (window) =>
          `${weekdayName(window.weekday)} ${formatTimes(`2026-01-15T${window.start}:00Z`, `2026-01-15T${window.end === '24:00' ? '00:00' : window.end}:00Z`, 'UTC')}`,
      ),
    hopes: () => [answers.hopes, answers.offers],
    wishes: () => [listed(answers.wishes.map((wish) => word('wishes', wish)))],
    capacity: () => [String(answers.capacity)],
  }
  const parts = read[question]().filter((part) => part && part !== '0')
  return parts.join(question === 'hopes' || question === 'times' ? '\n' : ', ')
}
