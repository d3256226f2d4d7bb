import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { svelte, type Options as SvelteOptions } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin, type UserConfig } from 'vite'

/** The gateway reads the same table of routes as the client: it finds it beside the manifest. */
function routesForTheGateway(): Plugin {
  return {
    name: 'routes-for-the-gateway',
    writeBundle: ({ dir }) => copyFileSync('src/routes.json', `${dir}/routes.json`),
  }
}

/** What runs beside the gateway and draws pages (see draw.host.mjs): one script, for a world without modules. */
function drawing(): UserConfig {
  return {
    plugins: [svelte({ compilerOptions: options }), pagesOfTheRoutes(), hostBesideIt()],
    ssr: { noExternal: true },
    build: {
      target: 'es2024',
      copyPublicDir: false,
      rolldownOptions: { output: { format: 'iife', entryFileNames: 'draw.js', codeSplitting: false } },
    },
  }
}

function hostBesideIt(): Plugin {
  return {
    name: 'host-beside-it',
    writeBundle: ({ dir }) => copyFileSync('draw.host.mjs', `${dir}/host.mjs`),
  }
}

/** Each script packed beside itself, once and as small as can be: the gateway sends those. */
function packed(): Plugin {
  return {
    name: 'packed',
    writeBundle: ({ dir }) => {
      for (const name of readdirSync(`${dir}/assets`).filter((each) => each.endsWith('.js'))) {
        const file = `${dir}/assets/${name}`
        writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file)))
        writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }))
      }
    },
  }
}

/** What the gateway has drawn is exchanged, never hydrated: a constant lets the minifier know. */
function nothingHydrated(): Plugin {
  const told = 'export let hydrating = false;'
  return {
    name: 'nothing-hydrated',
    enforce: 'pre',
    transform(code, id) {
      if (!/svelte\/src\/internal\/client\/dom\/hydration\.js$/.test(id)) return null
      if (!code.includes(told)) this.error('Svelte no longer tells `hydrating` this way')
      const known = code.replace(told, 'export const hydrating = false;')
      return { code: known.replace('hydrating = value;', ''), map: null }
    },
  }
}

/** The pages of the table of routes, and those that stand in for them, each a chunk of its own. */
function pagesOfTheRoutes(): Plugin {
  const id = 'virtual:pages'
  const standIns = ['SignIn', 'NotFound', 'Failed']
  return {
    name: 'pages-of-the-routes',
    resolveId: (asked) => (asked === id ? `\0${id}` : null),
    load(asked) {
      if (asked !== `\0${id}`) return null
      const routes = JSON.parse(readFileSync('src/routes.json', 'utf8')) as { page: string }[]
      const names = new Set([...standIns, ...routes.map((route) => route.page)])
      const lines = [...names].map((name) => `'${name}': () => import('/src/pages/${name}.svelte')`)
      return `export default { ${lines.join(',')} }`
    },
  }
}

/** The shell preloads what a page needs, so a chunk that is asked for is only imported. */
function preloadedByTheShell(): Plugin {
  return {
    name: 'preloaded-by-the-shell',
    enforce: 'pre',
    load: (id) =>
      id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load()' : null,
  }
}

/** Changes come over WebSocket alone: the other transports of engine.io stay out of the bundle. */
function webSocketOnly(): Plugin {
  const others = /\/(polling-fetch|polling-xhr|webtransport)(\.node)?\.js$/
  return {
    name: 'websocket-only',
    enforce: 'pre',
    resolveId: (id, from) =>
      others.test(id) && from?.includes('engine.io-client') ? `\0without:${id}` : null,
    load: (id) =>
      id.startsWith('\0without:') ? 'export class XHR {}\nexport class Fetch {}\nexport class WT {}' : null,
  }
}

/** What every page needs is one file. What several share comes in three more: what pages about people are made of,
 * forms, and what coordinators' pages are made of. A browser fetches six files at once from one place, so a first screen
 * should have no more. */
const CORE =
  /svelte[\\/]|esm-env|clsx|virtual:pages|preload-helper|src[\\/]([a-z0-9.]+\.(ts|css)|App|routes)|parts[\\/](Layout|Mark|Icon|News|Notice|Toast|toast|Lit|Button|ErrorSummary)\./
const PEOPLE = /parts[\\/](Badge|Bar|Duo|Face|Knot|Part|Rows?|Way)\.|members[\\/](people|When|HomeEmpty)\.|parts[\\/]Empty\./
const FORMS = /parts[\\/](Field|Tiles|Pick|Labels)\./
const COORDINATORS = /coordinate[\\/](Head|Moved|Said|ShowMore|paging\.svelte|shapes|words)\.|parts[\\/](DataTable|Time)\./

const options: SvelteOptions['compilerOptions'] = {
  runes: true,
  cssHash: ({ hash, css }) => `g${hash(css).slice(0, 5)}`,
}

const forTheBrowser: UserConfig = {
  plugins: [
    webSocketOnly(),
    svelte({ compilerOptions: options }),
    nothingHydrated(),
    preloadedByTheShell(),
    pagesOfTheRoutes(),
    routesForTheGateway(),
    packed(),
  ],
  build: {
    target: 'es2023',
    manifest: true,
    // One file of styles, which the gateway writes into the shell.
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: 'src/main.ts',
      // Else the core would fetch the forms for what they might do when they load.
      treeshake: { moduleSideEffects: [{ test: /node_modules.svelte/, sideEffects: false }] },
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'core', test: CORE, priority: 1 },
            { name: 'people', test: PEOPLE },
            { name: 'forms', test: FORMS },
            { name: 'coordinators', test: COORDINATORS },
          ],
        },
      },
    },
  },
}

export default defineConfig(({ isSsrBuild }) => (isSsrBuild ? drawing() : forTheBrowser))
