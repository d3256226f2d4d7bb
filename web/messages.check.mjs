// Every key has words in every language, with the same values, the same plural forms and the spaces that French asks for.
import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('src/messages/', import.meta.url)
const faults = []
const read = (language, file) =>
  JSON.parse(readFileSync(new URL(`${language}/${file}`, FOLDER), 'utf8'))
const values = (text) => [...text.matchAll(/\{(?:of:)?(\w+)\}/g)].map((found) => found[1])
const seen = new Map()

for (const file of readdirSync(new URL('en/', FOLDER))) {
  const [en, fr] = [read('en', file), read('fr', file)]
  for (const key of new Set([...Object.keys(en), ...Object.keys(fr)])) {
    if (!(key in fr)) faults.push(`fr/${file}: ${key} is missing`)
    if (!(key in en)) faults.push(`en/${file}: ${key} is missing`)
    if (seen.has(key)) faults.push(`${file}: ${key} is in ${seen.get(key)} as well`)
    seen.set(key, file)
    if (!en[key] || !fr[key]) {
      if (en[key] === '' || fr[key] === '') faults.push(`${file}: ${key} has no words`)
      continue
    }
    const known = new Set([...values(en[key]), 'count'])
    for (const name of values(fr[key])) {
      if (!known.has(name)) faults.push(`fr/${file}: ${key} has {${name}}, which English has not`)
    }
    if (/\.one$/.test(key) && !(key.replace(/one$/, 'other') in en)) {
      faults.push(`${file}: ${key} has no form for other counts`)
    }
    if (/ [:;?!»%]|« /.test(fr[key])) faults.push(`fr/${file}: ${key} has a space that breaks`)
    if (/['"]/.test(fr[key]) || /'/.test(en[key])) faults.push(`${file}: ${key} has a straight mark`)
    if (/[\u2014]/.test(en[key] + fr[key])) faults.push(`${file}: ${key} has a long dash`)
  }
}

if (faults.length) {
  console.error(faults.join('\n'))
  process.exit(1)
}
console.log(`${seen.size} keys have words in both languages`)
