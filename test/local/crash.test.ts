import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { dump, scratch, seeded } from './data-file.ts'
import { Load, outcomeOf } from './load.ts'
import { ago, lastJson, laurel, purchase, Server } from './processes.ts'

const slow = 180_000
const inFlight = 8
/** Lines of the file that is imported meanwhile. */
const queued = 300

const start = (data: string) => Server.start({ LAUREL_DATA: data })

/** Posts again all that was posted: what was acknowledged is known and has the same outcome, and nothing is booked twice. */
async function replayAll(server: Server, loads: readonly Load[]): Promise<void> {
  const token = server.tokens.pos
  for (const { path, body, outcome } of loads.flatMap(({ posted }) => posted)) {
    const answer = await server.send('PUT', path, { token, body })
    if (outcome === undefined) {
      expect([200, 201], path).toContain(answer.status)
      continue
    }
    expect(answer.status, path).toBe(200)
    expect(answer.headers['idempotency-replayed'], path).toBe('true')
    expect(outcomeOf(answer.body), path).toEqual(outcome)
  }
}

/** Ids of the purchases and returns that the ledger holds, as often as it holds them. */
function booked(data: string): string[] {
  return [...dump(data).values()]
    .flatMap(({ k, p, f }) => {
      if (k === 'earn') return [`/pos/purchases/${p}`]
      const { purchaseId, returnId } = (f ?? {}) as { purchaseId?: string; returnId?: string }
      return k === 'return' ? [`/pos/purchases/${purchaseId}/returns/${returnId}`] : []
    })
    .sort()
}

const pathsOf = (loads: readonly Load[]) => loads.flatMap(({ posted }) => posted.map(({ path }) => path)).sort()

describe('SIGTERM', () => {
  test('ends what is under way, takes nothing new, and exits with 0', async () => {
    const data = join(scratch(), 'laurel.db')
    const server = await start(data)
    const token = server.tokens.pos
    const text = JSON.stringify(purchase({ card: '1' }, 1530, ago(1000)))
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
    }
    // Half of its body is there, so that it is certainly under way when the signal comes.
    const begun = request(`${server.address}/pos/purchases/leeds:begun`, { method: 'PUT', headers })
    const answered = new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      begun.on('error', reject)
      begun.on('response', (answer) => {
        answer.resume()
        answer.on('end', () => resolve({ status: answer.statusCode, connection: answer.headers.connection }))
      })
    })
    await new Promise((resolve) => begun.write(text.slice(0, 20), resolve))
    await server.send('GET', '/health')

    const load = new Load('till-1', 1)
    const running = load.run(server, token, inFlight)
    await pause(300)
    const stopped = server.stop()
    await running
    begun.end(text.slice(20))
    expect(await answered).toEqual({ status: 201, connection: 'close' })
    expect(await stopped).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/Laurel has stopped\.\n$/) })
    expect(load.acknowledged.length).toBeGreaterThan(10)

    const again = await start(data)
    expect(await again.send('GET', '/pos/purchases/leeds:begun', { token })).toMatchObject({ status: 200 })
    await replayAll(again, [load])
    expect(await again.stop('SIGINT')).toMatchObject({ code: 0, stderr: '' })
    expect(booked(data)).toEqual([...pathsOf([load]), '/pos/purchases/leeds:begun'].sort())
    expect(lastJson(await laurel(data, 'verify', '--json'))).toMatchObject({ ok: true })
  })
})

describe('kill -9 under load', () => {
  test(
    'loses nothing that was acknowledged, and doubles nothing',
    async () => {
      const data = join(scratch(), 'laurel.db')
      const random = seeded(9)
      const load = new Load('till-1', 2)
      let acknowledged = 0
      for (let round = 0; round < 5; round += 1) {
        const server = await start(data)
        const running = load.run(server, server.tokens.pos, inFlight)
        // However busy the machine is: what is to be lost by the kill has to be there.
        while (load.acknowledged.length === acknowledged) await pause(10)
        await pause(random() * 500)
        await server.kill()
        await running
        expect(load.acknowledged.length, `round ${round}`).toBeGreaterThan(acknowledged)
        acknowledged = load.acknowledged.length
        const { code, stdout, stderr } = await laurel(data, 'verify', '--json')
        expect({ code, stderr, ok: lastJson({ stdout }).ok }).toEqual({ code: 0, stderr: '', ok: true })
        const held = new Set(booked(data))
        expect(load.acknowledged.filter(({ path }) => !held.has(path))).toEqual([])
      }
      const server = await start(data)
      await replayAll(server, [load])
      expect(booked(data)).toEqual(pathsOf([load]))
      expect(lastJson(await laurel(data, 'verify', '--json'))).toMatchObject({ ok: true })
      expect(Object.keys(load.statuses)).toEqual(['201'])
    },
    slow,
  )
})

describe('two processes on one data file', () => {
  test(
    'clients of the same members at both servers lose and double nothing',
    async () => {
      const data = join(scratch(), 'laurel.db')
      // Both make the file, its secrets and the demo programme at once; one of them wins.
      const [one, two] = await Promise.all([start(data), start(data)])
      const [first, second, doubting] = [new Load('till-1', 3), new Load('till-2', 4), new Load('till-3', 5)]
      const token = two.tokens.pos
      const running = [
        first.run(one, token, inFlight),
        second.run(two, token, inFlight),
        doubting.repeat(first, two, token, inFlight),
      ]
      await pause(3000)
      for (const load of [first, second, doubting]) load.stop()
      await Promise.all(running)
      for (const { statuses } of [first, second, doubting]) {
        expect(Object.keys(statuses).filter((status) => !['200', '201', '503'].includes(status))).toEqual([])
      }
      expect(doubting.statuses[200]).toBeGreaterThan(10)
      expect(first.acknowledged.length + second.acknowledged.length).toBeGreaterThan(50)
      await replayAll(one, [first, second])
      expect(booked(data)).toEqual(pathsOf([first, second]))
      expect(await laurel(data, 'verify', '--json')).toMatchObject({ code: 0, stderr: '' })
    },
    slow,
  )

  test(
    'an import and a verification while the server is posted to',
    async () => {
      const directory = scratch()
      const data = join(directory, 'laurel.db')
      const file = join(directory, 'queue.ndjson')
      const lines = Array.from({ length: queued }, (_, n) => {
        const body = purchase({ card: `card-${n % 50}` }, 100 + n, ago(86_400_000 - n * 1000))
        return JSON.stringify({ op: 'purchase', id: `leeds:till-9:${n}`, body })
      })
      writeFileSync(file, lines.join('\n'))
      const server = await start(data)
      const load = new Load('till-1', 5, 50)
      const running = load.run(server, server.tokens.pos, inFlight)
      const imported = await laurel(data, 'import', file)
      expect(imported.code, imported.stderr).toBe(0)
      expect(lastJson(imported)).toMatchObject({ lines: queued, outcomes: { 201: queued } })
      for (let times = 0; times < 3; times += 1) {
        expect(await laurel(data, 'verify', '--json')).toMatchObject({ code: 0, stderr: '' })
      }
      load.stop()
      await running
      expect(load.acknowledged.length).toBeGreaterThan(50)
      expect(Object.keys(load.statuses).filter((status) => !['201', '503'].includes(status))).toEqual([])
      await replayAll(server, [load])
      expect(booked(data).length).toBe(queued + load.posted.length)
      expect(lastJson(await laurel(data, 'verify', '--json'))).toMatchObject({ ok: true })
    },
    slow,
  )
})
