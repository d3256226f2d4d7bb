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

export default defineConfig({
  plugins: [
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
            { name: 'live', test: /node_modules[\\/](?!.*svelte)/, priority: 2 },
            { name: 'core', test: /node_modules|src[\\/](parts[\\/][A-Za-z]+\.|[a-z.]+\.ts|App)/ },
          ],
        },
      },
    },
  },
})
