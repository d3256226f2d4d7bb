/** Looks again every second while something moves on the server, also when the socket is not there. */
import { reload } from '../../router.svelte'

const EVERY = 1000

export function whileMoving(isMoving: () => boolean): void {
  $effect(() => {
    if (!isMoving()) return
    const timer = setInterval(() => void reload({ quietly: true }).catch(() => {}), EVERY)
    return () => clearInterval(timer)
  })
}
