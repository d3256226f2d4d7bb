/** What becomes of a form when somebody else has saved in between: nothing typed is lost. */

type Form = Record<string, unknown>

export interface Merged<F> {
  form: F
  /** Fields that both changed: what the reader typed stands in the form, here is what was saved. */
  theirs: Record<string, unknown>
}

/** Takes over what only they changed; `before` is what both started from. Looks one level deep. */
export function merged<F extends Form>(before: F, mine: F, saved: F): Merged<F> {
  const form: Form = {}
  const theirs: Form = {}
  for (const [name, value] of Object.entries(saved)) {
    const [was, own] = [before[name], mine[name]]
    if (isForm(value) && isForm(own) && isForm(was)) {
      const inner = merged(was, own, value)
      form[name] = inner.form
      for (const [key, each] of Object.entries(inner.theirs)) theirs[`${name}.${key}`] = each
    } else if (isSame(own, was) || isSame(own, value)) form[name] = value
    else {
      form[name] = own
      if (!isSame(value, was)) theirs[name] = value
    }
  }
  return { form: form as F, theirs }
}

const isForm = (value: unknown): value is Form =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSame = (one: unknown, two: unknown): boolean => JSON.stringify(one) === JSON.stringify(two)
