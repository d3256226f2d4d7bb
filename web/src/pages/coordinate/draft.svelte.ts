/** A form of what others may save too: what was refused and why, and what somebody saved meanwhile. */
import { Problem, type Fault } from '../../api'
import { problem } from '../../i18n.svelte'
import { reload } from '../../router.svelte'
import { merged } from './merging'

type Form = Record<string, unknown>

export class Draft<F extends Form> {
  form = $state() as F
  faults = $state.raw<{ id: string; text: string }[]>([])
  /** Why it could not be saved, if no field is to blame. */
  trouble = $state('')
  isSaving = $state(false)
  /** What somebody else has saved of fields that were changed here too; null if nobody has. */
  theirs = $state.raw<Form | null>(null)
  /** What the form began with. */
  private before: F
  private version: number | undefined

  /** `saved`: what there is, null if it is new; `fresh`: a form of that; `told`: a fault in words, by its field. */
  constructor(
    private readonly saved: () => { version: number } | null,
    private readonly fresh: () => F,
    private readonly told: (fault: Fault) => { id: string; text: string },
  ) {
    this.form = fresh()
    this.before = fresh()
    this.version = saved()?.version
  }

  errorOf = (id: string): string | undefined => this.faults.find((fault) => fault.id === id)?.text

  /** Saves over the version that was seen; `send` answers which there is now, nothing of what is new. */
  async save(send: (version?: number) => Promise<number | void>): Promise<void> {
    this.isSaving = true
    this.trouble = ''
    try {
      const version = await send(this.version)
      this.faults = []
      this.theirs = null
      if (!version) return
      this.version = version
      await reload()
      this.before = this.fresh()
    } catch (error) {
      await this.refused(error)
    } finally {
      this.isSaving = false
    }
  }

  takeTheirs = (): void => {
    this.form = this.fresh()
    this.theirs = null
  }

  private async refused(error: unknown): Promise<void> {
    const found = error instanceof Problem ? error.faults : []
    this.faults = found.map(this.told)
    if (found.length) return
    if (!(error instanceof Problem) || error.code !== 'stale') {
      this.trouble = problem(error)
      return
    }
    await reload()
    const both = merged(this.before, this.form, this.fresh())
    this.before = this.fresh()
    this.form = both.form
    this.theirs = both.theirs
    this.version = this.saved()?.version
  }
}
