import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export interface DynamoDBLocal {
  readonly endpoint: string
  stop(): Promise<void>
}

const mostStarts = 3
const mostStartMs = 60_000

/** AWS's own jar, which this npm package carries. */
const emulator = join(dirname(createRequire(import.meta.url).resolve('amplify-dynamodb-simulator/package.json')), 'emulator')

/** Whether a Java that runs is on the path (on macOS `java` may be there and only ask to be installed). */
export const hasJava = (): boolean => spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0

/**
 * Starts DynamoDB Local, empty and in memory, on a port or on one that is free, and waits until it answers. Throws with what
 * Java said if it does not.
 */
export async function startDynamoDBLocal(fixedPort?: number): Promise<DynamoDBLocal> {
  for (let starts = 1; ; starts += 1) {
    // It writes a file of its own where it is started.
    const directory = mkdtempSync(join(tmpdir(), 'laurel-dynamodb-'))
    const port = fixedPort ?? (await freePort())
    const endpoint = `http://127.0.0.1:${port}`
    const { java, said } = launch(port, directory)
    const remove = () => rmSync(directory, { recursive: true, force: true })
    const endWithThisProcess = () => {
      java.kill('SIGKILL')
      remove()
    }
    process.once('exit', endWithThisProcess)
    const stop = async () => {
      process.off('exit', endWithThisProcess)
      if (isRunning(java)) {
        java.kill('SIGKILL') // it holds nothing worth an orderly end
        await once(java, 'exit')
      }
      remove()
    }
    if (await answers(endpoint, java)) return { endpoint, stop }
    // Another program may have taken the port in between.
    const retry = fixedPort === undefined && starts < mostStarts && /already in use|BindException/.test(said())
    await stop()
    if (!retry) throw new Error(`DynamoDB Local did not start:\n${said()}`)
  }
}

function launch(port: number, directory: string): { java: ChildProcess; said: () => string } {
  const quickToStart = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx512m']
  const program = [`-Djava.library.path=${join(emulator, 'DynamoDBLocal_lib')}`, '-jar', join(emulator, 'DynamoDBLocal.jar')]
  const options = ['-inMemory', '-disableTelemetry', '-port', String(port)]
  const java = spawn('java', [...quickToStart, ...program, ...options], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [java.stdout, java.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-4000)
    })
  }
  return { java, said: () => text }
}

const isRunning = (child: ChildProcess) => child.exitCode === null && child.signalCode === null

async function answers(endpoint: string, java: ChildProcess): Promise<boolean> {
  const deadline = performance.now() + mostStartMs
  while (isRunning(java) && performance.now() < deadline) {
    try {
      await fetch(endpoint) // without a signature it answers 400, and that it answers is enough
      return isRunning(java)
    } catch {
      await pause(25)
    }
  }
  return false
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
