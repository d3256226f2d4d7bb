import { copyFileSync } from 'node:fs'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

/** The gateway reads the same table of routes as the client: it finds it beside the manifest. */
function routesForTheGateway(): Plugin {
  return {
    name: 'routes-for-the-gateway',
    writeBundle: ({ dir }) => copyFileSync('src/routes.json', `${dir}/routes.json`),
  }
}

/** Changes come over WebSocket alone: the other transports of engine.io stay out of the bundle. */
function webSocketOnly(): Plugin {
  const others = /\/(polling-fetch|polling-xhr|webtransport)\.js$/
  return {
    name: 'websocket-only',
    enforce: 'pre',
    resolveId: (id, from) =>
      others.test(id) && from?.includes('engine.io-client') ? `\0without:${id}` : null,
    load: (id) =>
      id.startsWith('\0without:') ? 'export class XHR {}\nexport class Fetch {}\nexport class WT {}' : null,
  }
}

export default defineConfig({
  plugins: [
    webSocketOnly(),
    svelte({
      compilerOptions: { runes: true, cssHash: ({ hash, css }) => `g${hash(css).slice(0, 5)}` },
    }),
    routesForTheGateway(),
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
      output: {
        // What every page needs is one file; then come a page and its words.
        codeSplitting: {
          groups: [
            { name: 'live', test: /[\\/](socket|engine)\.io-|@socket\.io/, priority: 3 },
            {
              name: 'core',
              test: /node_modules|src[\\/](parts[\\/](?!Field|Tiles|Pick|ErrorS|Dialog|DataT)|[a-z.]+\.ts|App)/,
              priority: 2,
            },
            { name: 'forms', test: /parts[\\/](Field|Tiles|Pick|ErrorSummary|Dialog)\./, priority: 1 },
          ],
        },
      },
    },
  },
})
