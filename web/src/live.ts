/** What happens elsewhere arrives here: the page's data is fetched again, and pages may listen themselves. */
import { reload } from './router.svelte'
import { session } from './session.svelte'

export interface Changed {
  type: string
  id: string
  version: number
}

type Listener = (changed: Changed) => void

const listeners = new Set<Listener>()
let timer: ReturnType<typeof setTimeout> | undefined

/** Calls `listener` for everything that changes; answers how to stop. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Opens the socket, once the first screen is there and somebody is signed in. */
export async function listen(): Promise<void> {
  if (!session.me) return
  const { io } = await import('socket.io-client')
  const socket = io({ transports: ['websocket'] })
  let wasConnected = false
  socket.on('connect', () => {
    if (wasConnected) soon()
    wasConnected = true
  })
  socket.on('changed', (changed: Changed) => {
    for (const listener of listeners) listener(changed)
    soon()
  })
  addEventListener('online', soon)
}

/** Several events of one act are one reload. */
function soon(): void {
  clearTimeout(timer)
  timer = setTimeout(() => void reload({ quietly: true }).catch(() => {}), 250)
}
