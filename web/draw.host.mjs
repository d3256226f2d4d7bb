/**
 * Runs beside the gateway and draws pages for it: one JSON line in, one out, over a socket whose number it
 * is told. Ends when the socket does.
 *
 * in: {"boot": the text of the page's first data, "url": its address, "theme": "" | "light" | "dark"}
 * out: {"html", "title"} as draw.ts makes them, or {"why"}: why there is none.
 */
import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { createContext, Script } from 'node:vm'

const file = new URL('draw.js', import.meta.url)
const script = new Script(readFileSync(file, 'utf8'), { filename: 'draw.js' })
const line = new Socket({ fd: Number(process.argv[2]) })
line.on('error', () => process.exit())

for await (const asked of createInterface({ input: line })) {
  const answer = await drawn(JSON.parse(asked)).catch((error) => ({ why: reasonOf(error) }))
  line.write(`${JSON.stringify(answer)}\n`)
}
process.exit()

/** What went wrong, and where; not the message, which may hold words of the page. */
function reasonOf(error) {
  const place = /^\s+at .*$/m.exec(error?.stack ?? '')?.[0].trim() ?? ''
  return typeof error === 'string' ? error : `${error?.name} ${place}`
}

/** Each page is drawn in a world of its own: nothing of one reader is there when the next one's is drawn. */
async function drawn({ boot, url, theme }) {
  const refusal = Promise.withResolvers()
  const refuse = (why) => {
    refusal.reject(why)
    return new Promise(() => {})
  }
  const world = createContext({
    URL,
    URLSearchParams,
    TextEncoder,
    crypto,
    structuredClone,
    navigator: { onLine: true },
    location: new URL(url),
    document: {
      cookie: theme && `theme=${theme}`,
      getElementById: (id) => (id === 'boot' ? { textContent: boot } : null),
    },
    // Nothing goes on by itself. A page that leads elsewhere, or did not bring all it needs, is left to the client.
    setTimeout: () => 0,
    setInterval: () => 0,
    clearTimeout: () => {},
    window: { navigation: { navigate: () => refuse('it leads elsewhere') } },
    fetch: () => refuse('it lacks some of its data'),
  })
  script.runInContext(world)
  return Promise.race([world.draw(), refusal.promise])
}
