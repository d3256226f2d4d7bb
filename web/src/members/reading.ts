/** How the answers of an application read. */
import { formatTimes, languageName, listed, listedWords, weekdayName, word } from '../i18n.svelte'
import type { Application } from '../types'
import type { Question } from './answers'

/** The answer to a question, as a line; empty if there is none. */
export function readOf(question: Question, answers: Application): string {
  const read: Record<Question, () => (string | false | null | undefined)[]> = {
    stream: () => [answers.cohort.streams.find((each) => each.id === answers.stream_id)?.name],
    work: () => [answers.employer, answers.region && word('region', answers.region)],
    stage: () => [answers.field, answers.seniority !== null && word('seniority', String(answers.seniority))],
    topics: () => [listedWords('topic', answers.topics.map((topic) => topic.id))],
    languages: () => [listed(answers.languages.map(languageName))],
    ways: () => [listedWords('a.way', answers.ways)],
    times: () =>
      answers.availability.map(
        (window) =>
          `${weekdayName(window.weekday)} ${formatTimes(`2026-01-15T${window.start}:00Z`, `2026-01-15T${window.end === '24:00' ? '00:00' : window.end}:00Z`, 'UTC')}`,
      ),
    hopes: () => [answers.hopes, answers.offers],
    wishes: () => [listedWords('wishes', answers.wishes)],
    capacity: () => [String(answers.capacity)],
  }
  const parts = read[question]().filter(Boolean)
  return parts.join(question === 'hopes' || question === 'times' ? '\n' : ', ')
}
