/** The points of each preset of criteria (services/matching/presets.py), in whole points. */
export const CRITERIA = [
  'topics',
  'times',
  'career_stage',
  'field',
  'language',
  'way',
  'wishes',
] as const

export const PRESETS: Record<string, readonly number[]> = {
  balanced: [40, 12, 12, 12, 8, 10, 6],
  skills_first: [60, 12, 8, 8, 4, 5, 3],
  near_home: [28, 12, 12, 8, 6, 30, 4],
}

export const MINIMUM = 30

export const SECTIONS = [
  'expectations',
  'learning_goals',
  'frequency',
  'communication',
  'boundaries',
  'confidentiality',
  'feedback',
  'manager',
  'challenges',
  'term',
  'ending',
] as const
