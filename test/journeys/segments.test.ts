import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readMemberAsStaff } from '../../functions/contract/segments.ts'
import { setSegmentsByFile } from '../../functions/local/segments-file.ts'
import { ok } from '../support/client.ts'
import { Journey } from './journey.ts'

let shop: Journey

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T12:00:00Z')
  ok(await shop.enrol('ada', { card: '6335550001' }))
  ok(await shop.enrol('bert'))
})

afterEach(() => shop.end('ada', 'bert'))

test('tags are set whole, told in order, and what is so already changes nothing', async () => {
  expect(await shop.tagsOf('ada')).toEqual([])
  const set = await shop.tag('ada', ['vip', 'lapsed-2025'], 'Autumn letter')
  expect(set).toMatchObject({ status: 200, body: { memberId: 'ada', segments: ['lapsed-2025', 'vip'] } })
  const before = await shop.dump()
  expect(ok(await shop.tag('ada', ['lapsed-2025', 'vip'], 'Another reason')).segments).toEqual(['lapsed-2025', 'vip'])
  expect(await shop.dump()).toEqual(before)
  ok(await shop.sell('leeds:1', { id: 'ada' }, [1530]))
  expect(ok(await shop.tag('ada', ['vip'])).segments).toEqual(['vip'])
  expect(await shop.tagsOf('ada')).toEqual(['vip'])
  ok(await shop.tag('ada', []))
  expect(await shop.tagsOf('ada')).toEqual([])
  expect(await shop.tagsOf('bert')).toEqual([])
})

test('staff see them with all that tills see; tills, and the member, do not', async () => {
  ok(await shop.tag('ada', ['vip']))
  const asTill = await shop.member('ada')
  expect(ok(await shop.office.ask(readMemberAsStaff, { params: { id: 'ada' } }))).toEqual({ ...asTill, segments: ['vip'] })
  expect(JSON.stringify([asTill, await shop.activity('ada')])).not.toContain('vip')
  expect((await shop.activity('ada')).map(({ kind }) => kind)).toEqual(['enrolled'])
})

test('the entry says who did it, and why', async () => {
  ok(await shop.tag('ada', ['vip'], 'Autumn letter'))
  const entries = [...(await shop.dump())].filter(([key]) => key.startsWith('P#demo#M#ada E#'))
  expect(JSON.parse(entries.at(-1)![1])).toMatchObject({
    k: 'segments',
    f: { actor: 'office/demo', reason: 'Autumn letter' },
    x: { sg: ['vip'] },
  })
})

test('a closed member is tagged like any other', async () => {
  ok(await shop.change('ada', { status: 'closed' }))
  ok(await shop.tag('ada', ['left']))
  expect(await shop.tagsOf('ada')).toEqual(['left'])
})

test.each([
  ['a tag twice', { segments: ['vip', 'vip'] }, '/segments'],
  ['fifty-one tags', { segments: Array.from({ length: 51 }, (_, n) => `t-${n}`) }, '/segments'],
  ['a tag that is no id', { segments: ['very important'] }, '/segments/0'],
  ['no tags at all', {} as { segments: string[] }, '/segments'],
])('%s: refused, and nothing is stored', async (_what, { segments }, pointer) => {
  const before = await shop.dump()
  expect(await shop.tag('ada', segments)).toMatchObject({ status: 422, problem: { code: 'invalid-body', errors: [{ pointer }] } })
  expect(await shop.dump()).toEqual(before)
})

test('a member who is not there', async () => {
  expect(await shop.tag('never', ['vip'])).toMatchObject({ status: 404, problem: { code: 'member-unknown' } })
})

test('twenty at once of different sets: the last word stands, and every change has its entry', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, n) => shop.tag('ada', [`t-${n}`])))
  const entries = [...(await shop.dump())].filter(([key, item]) => key.startsWith('P#demo#M#ada E#') && item.includes('"sg"'))
  expect(entries).toHaveLength(20)
  expect(JSON.parse(entries.at(-1)![1])).toMatchObject({ x: { sg: await shop.tagsOf('ada') } })
})

test('fifty tags of 128 characters', async () => {
  const tags = Array.from({ length: 50 }, (_, n) => `${n}`.padStart(128, 't'))
  expect(ok(await shop.tag('ada', tags)).segments).toHaveLength(50)
})

async function byFile(text: string) {
  const path = join(mkdtempSync(join(tmpdir(), 'laurel-segments-')), 'segments')
  writeFileSync(path, text)
  const wrong: string[] = []
  const read = await setSegmentsByFile(shop.laurel.runtime, 'demo', path, (line, reason) => wrong.push(`${line}: ${reason}`))
  return { ...read, wrong }
}

test.each([
  ['CSV by id', 'memberId,segments\nada,vip lapsed-2025\r\nbert,\nnever,vip\n'],
  ['CSV as a spreadsheet writes it', '\uFEFF"segments","memberId"\r\n"vip;lapsed-2025","ada"\r\n"","bert"\r\n"vip","never"\r\n'],
  [
    'NDJSON',
    '{"card":"6335550001","segments":["vip","lapsed-2025"]}\n\n{"memberId":"bert","segments":[]}\n{"card":"x","segments":["vip"]}',
  ],
])('a file: %s', async (_kind, text) => {
  const read = { lines: 3, changed: 1, same: 1, unknown: 1, failed: 0 }
  expect(await byFile(text)).toMatchObject({ ...read, wrong: [expect.stringMatching(/^4: there is no such member$/)] })
  expect(await shop.tagsOf('ada')).toEqual(['lapsed-2025', 'vip'])
  const before = await shop.dump()
  expect(await byFile(text)).toMatchObject({ ...read, changed: 0, same: 2 })
  expect(await shop.dump()).toEqual(before)
})

test('a file: two lines of one member, the later holds; what cannot be read is told', async () => {
  const read = await byFile('card,segments\n6335550001,a\n6335550001,b\n6335550001,b b\nx\n6335550001,"so so!"\n')
  expect(read).toMatchObject({ lines: 5, changed: 2, same: 0, failed: 3 })
  expect(read.wrong.map((line) => line.slice(0, 2))).toEqual(['4:', '5:', '6:'])
  expect(await shop.tagsOf('ada')).toEqual(['b'])
  await expect(byFile('name,segments\nada,vip\n')).rejects.toThrow('the first line must name two columns')
})
