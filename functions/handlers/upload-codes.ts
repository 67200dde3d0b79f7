import { problem } from '../contract/problem.ts'
import { readPool, uploadCodes } from '../contract/voucher-office.ts'
import { revisionAt } from '../domain/programme.ts'
import { readPoolCode, seriesOf } from '../domain/voucher-series.ts'
import { bareCode } from '../domain/written-code.ts'
import {
  type CodeUpload,
  codeUploadOf,
  codeUploadWrite,
  pooledCodesWrite,
  poolStateOf,
  poolStateWrite,
} from '../store/pool-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { pooledVoucherWrite } from '../store/voucher-item.ts'
import { type Again, again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { type Context, implement } from './context.ts'
import { bodyHash } from './hash.ts'
import { leftInPool } from './pools.ts'
import { voucherHash } from './voucher-key.ts'

/** Codes that one commit takes, and those of one item of the pool. */
const codesOfCommit = 80
const codesOfItem = 20

interface Uploading {
  readonly context: Context
  readonly seriesId: string
  readonly uploadId: string
  readonly codes: readonly string[]
  readonly hash: string
}

/** Puts codes into a pool, some in a commit; how far it has come is committed with them, so that it can be gone on with. */
export const uploadCodesImplementation = implement(uploadCodes, async ({ params, body }, context) => {
  const { id: seriesId, uploadId } = params
  const codes = body.codes.map((code) => code.trim())
  const faulty = codes.findIndex((code) => readPoolCode(code) === undefined)
  if (faulty !== -1) return problem('invalid-body', `/codes/${faulty}`, 'has 8 to 32 letters and digits')
  const uploading: Uploading = { context, seriesId, uploadId, codes, hash: bodyHash(body) }
  const known = await readUpload(uploading)
  if (known && known.upload.hash !== uploading.hash) return problem('id-reused')
  const series = seriesOf(revisionAt(context.programme, context.now), seriesId)
  if (!known && !series) return problem('voucher-unknown')
  if (!known && !('pool' in series!.codes)) return problem('voucher-without-pool')
  const isReplay = known?.upload.isDone === true
  const answer = async ({ taken, duplicates }: CodeUpload) => ({
    uploadId,
    voucherId: seriesId,
    taken,
    duplicates: duplicates.map((place) => codes[place]!),
    left: await leftInPool(context, seriesId),
  })
  if (isReplay) return { status: 200 as const, body: await answer(known.upload), replayed: true }
  let upload = known?.upload
  while (!upload?.isDone) {
    upload = await attempt(context.runtime, () => uploadMore(uploading))
    if (upload.hash !== uploading.hash) return problem('id-reused')
  }
  return { status: 201 as const, body: await answer(upload) }
})

async function readUpload({ context: { runtime, programme }, seriesId, uploadId }: Uploading) {
  const keys = [table.codeUpload(programme.id, seriesId, uploadId), table.pool(programme.id, seriesId)]
  const [stored, pool] = (await runtime.store.read(keys, { consistent: true })).items
  return stored ? { stored, pool, upload: codeUploadOf(stored) } : undefined
}

/** Takes some codes more. What the programme has already is told apart by the commit itself, which is then made without it. */
async function uploadMore(uploading: Uploading): Promise<CodeUpload | Again> {
  const { context, seriesId, uploadId, codes, hash } = uploading
  const { runtime, programme } = context
  const keys = [table.codeUpload(programme.id, seriesId, uploadId), table.pool(programme.id, seriesId)]
  const [stored, pool] = (await runtime.store.read(keys, { consistent: true })).items
  const upload = stored ? codeUploadOf(stored) : { hash, next: 0, taken: 0, duplicates: [], isDone: false }
  if (upload.hash !== hash || upload.isDone) return upload
  const end = Math.min(upload.next + codesOfCommit, codes.length)
  const places = Array.from({ length: end - upload.next }, (_, index) => upload.next + index)
  const first = firstPlaces(codes)
  const taken = new Set(places.filter((place) => first.get(bareCode(codes[place]!)) === place))
  for (;;) {
    const fresh = [...taken]
    const after: CodeUpload = {
      hash,
      next: end,
      taken: upload.taken + fresh.length,
      duplicates: [...upload.duplicates, ...places.filter((place) => !taken.has(place))],
      isDone: end === codes.length,
    }
    const vouchers = fresh.map((place) =>
      pooledVoucherWrite(programme.id, voucherHash(programme, codes[place]!), seriesId, codes[place]!),
    )
    const result = await runtime.store.commit([
      ...vouchers,
      ...poolWrites(uploading, fresh),
      codeUploadWrite(programme.id, { seriesId, uploadId }, after, stored),
      // What comes into the pool may be taken below its mark once more.
      ...(upload.next === 0 ? [poolStateWrite(programme.id, seriesId, poolStateOf(pool), false)] : []),
      ...(after.isDone ? [audited(uploading, after)] : []),
    ])
    if (result.outcome === 'committed') return after
    if (result.outcome === 'conflict' || result.failed.some(({ index }) => index >= vouchers.length)) return again
    for (const { index } of result.failed) taken.delete(fresh[index]!)
  }
}

/** The place at which each code comes first. */
function firstPlaces(codes: readonly string[]): Map<string, number> {
  const places = new Map<string, number>()
  for (const [place, code] of codes.entries()) if (!places.has(bareCode(code))) places.set(bareCode(code), place)
  return places
}

function poolWrites({ context, seriesId, uploadId, codes }: Uploading, places: readonly number[]): Write[] {
  const writes: Write[] = []
  for (let start = 0; start < places.length; start += codesOfItem) {
    const part = places.slice(start, start + codesOfItem)
    const of = { seriesId, uploadId, n: part[0]! }
    writes.push(
      pooledCodesWrite(
        context.programme.id,
        of,
        part.map((place) => codes[place]!),
      ),
    )
  }
  return writes
}

const audited = ({ context, seriesId, uploadId }: Uploading, { taken, duplicates }: CodeUpload): Write =>
  auditWrite(context, {
    action: uploadCodes.name,
    target: `vouchers/${seriesId}/codes/${uploadId}`,
    after: { taken, duplicates: duplicates.length },
  })

/** Says how many codes are left in a pool. */
export const readPoolImplementation = implement(readPool, async ({ params }, context) => {
  const series = seriesOf(revisionAt(context.programme, context.now), params.id)
  if (!series) return problem('voucher-unknown')
  if (!('pool' in series.codes)) return problem('voucher-without-pool')
  return { status: 200 as const, body: { voucherId: series.id, left: await leftInPool(context, series.id) } }
})
