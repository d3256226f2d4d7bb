/** What was just done, said for eight seconds, with a way back if there is one. */

export interface Told {
  text: string
  undo?: () => void
}

class Toasts {
  current = $state.raw<Told | null>(null)
}

export const toasts = new Toasts()

export function toast(text: string, options: { undo?: () => void } = {}): void {
  toasts.current = { text, ...options }
}
