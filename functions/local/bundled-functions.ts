import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildBundles, type FunctionName } from '../../lib/bundles.ts'
import { servers } from '../contract/operation.ts'
import type { Functions } from './functions.ts'

/** Builds the functions as they are deployed, into a directory that goes when this process ends. */
export async function buildFunctions(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'laurel-bundles-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  await buildBundles(directory, [...servers, 'authorize', 'unrouted', 'settle-members', 'run-jobs'])
  return directory
}

/** A module is loaded once for each address, and each of these is another. */
let instances = 0

/**
 * The functions from their bundles, each loaded at its first event as Lambda does at a cold start. They keep their world for
 * themselves, so that every call of this gives new ones; it is that of the process's environment when the first event comes.
 */
export function bundledFunctions(directory: string): Functions {
  instances += 1
  const query = `?instance=${instances}`
  const load = <Asked extends unknown[], Answer>(name: FunctionName) => {
    let loaded: Promise<{ readonly handler: (...asked: Asked) => Promise<Answer> }> | undefined
    return async (...asked: Asked): Promise<Answer> => {
      loaded ??= import(pathToFileURL(join(directory, name, 'index.mjs')).href + query)
      return (await loaded!).handler(...asked)
    }
  }
  return {
    authorize: load('authorize'),
    servers: Object.fromEntries(servers.map((server) => [server, load(server)])) as Functions['servers'],
    unrouted: load('unrouted'),
    settle: load('settle-members'),
    runJobs: load('run-jobs'),
  }
}
