/** Time zones to choose from: those of Canada by their names, then all that the browser knows. */
import { hasWord, t, word } from '../i18n.svelte'

const CANADA = [
  'America/St_Johns',
  'America/Halifax',
  'America/Toronto',
  'America/Winnipeg',
  'America/Regina',
  'America/Edmonton',
  'America/Vancouver',
  'America/Whitehorse',
]

export function zoneOptions(current: string): { value: string; label: string; group: string }[] {
  const known = new Set([...CANADA, current, ...Intl.supportedValuesOf('timeZone')])
  return [...known].filter(Boolean).map((zone) => ({
    value: zone,
    label: hasWord('zoneName', zone) ? word('zoneName', zone) : zone.replaceAll('_', ' '),
    group: t(CANADA.includes(zone) ? 'zoneGroup.canada' : 'zoneGroup.other'),
  }))
}
