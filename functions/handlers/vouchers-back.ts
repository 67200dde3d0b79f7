import type { ReturnedLine, SaleLine } from '../domain/entry.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import { isAllBack } from '../domain/returns.ts'
import { useVoucher, type Voucher, withoutUse } from '../domain/voucher.ts'
import type { Item, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { voucherOf, voucherWrite } from '../store/voucher-item.ts'
import { changedLockWrite, lockNameOf, lockOf, type VoucherLock } from '../store/voucher-lock-item.ts'
import type { Ledger } from './account.ts'

/**
 * Uses of vouchers come back with the last piece of the purchase that they were used for: a use is one, and has no parts. They do in the
 * commit of that return, once, because the lock says so from then on.
 */

/** A used or given back lock, with its voucher as it becomes in one commit: several uses may be of one voucher. */
interface UsedVoucher {
  readonly hash: string
  readonly stored: Item
  voucher: Voucher
  readonly locks: VoucherLock[]
}

/** The writes that give the uses for a purchase back, where all of it is. None of a voucher that is no longer good but for that. */
export async function voucherUsesBack(
  ledger: Ledger,
  lockIds: readonly string[] | undefined,
  sold: readonly SaleLine[],
  returned: readonly ReturnedLine[],
): Promise<Write[]> {
  if (!lockIds || !isAllBack(sold, returned)) return []
  const writes: Write[] = []
  for (const used of await vouchersOf(ledger, lockIds, 'used')) {
    const back: VoucherLock[] = []
    for (const lock of used.locks) {
      const after = withoutUse(used.voucher, ledger.now)
      if (isRefusal(after)) continue
      used.voucher = after
      back.push(lock)
    }
    if (back.length > 0) writes.push(...writesOf(ledger, used, back, 'given-back'))
  }
  return writes
}

/**
 * The writes that take uses again that came back with a purchase of which something is kept after all: `returned` is what was back before.
 * Refuses where the voucher is void, or its use is used or held for another basket by now.
 */
export async function voucherUsesTakenAgain(
  ledger: Ledger,
  lockIds: readonly string[] | undefined,
  sold: readonly SaleLine[],
  returned: readonly ReturnedLine[],
): Promise<Write[] | Refusal> {
  if (!lockIds || !isAllBack(sold, returned)) return []
  const writes: Write[] = []
  for (const used of await vouchersOf(ledger, lockIds, 'given-back')) {
    for (const { lockId } of used.locks) {
      const after = useVoucher(used.voucher, lockId, ledger.now)
      if (isRefusal(after)) return after
      used.voucher = after
    }
    writes.push(...writesOf(ledger, used, used.locks, 'used'))
  }
  return writes
}

function writesOf(
  { programme }: Ledger,
  { hash, stored, voucher }: UsedVoucher,
  locks: readonly VoucherLock[],
  state: VoucherLock['state'],
): Write[] {
  const changed = locks.map((lock) => changedLockWrite(programme.id, hash, lock, { state }))
  return [...changed, voucherWrite(programme.id, hash, voucher, stored)]
}

/** The vouchers of some locks, with those of them that are in a state. */
async function vouchersOf(
  { runtime, programme }: Ledger,
  lockIds: readonly string[],
  state: VoucherLock['state'],
): Promise<Iterable<UsedVoucher>> {
  const read = async (keys: Parameters<typeof runtime.store.read>[0]) =>
    (await runtime.store.read(keys, { consistent: true })).items
  const names = (await read(lockIds.map((lockId) => table.lockName(programme.id, lockId)))).map((name) => lockNameOf(name!))
  const locks = await read(names.map(({ hash }, index) => table.voucherLock(programme.id, hash, lockIds[index]!)))
  const hashes = [...new Set(names.map(({ hash }) => hash))]
  const vouchers = await read(hashes.map((hash) => table.voucher(programme.id, hash)))
  const found = hashes.map((hash, index): UsedVoucher => {
    const stored = vouchers[index]!
    return { hash, stored, voucher: voucherOf(stored)!, locks: [] }
  })
  for (const [index, { hash }] of names.entries()) {
    const lock = lockOf(lockIds[index]!, locks[index]!)
    if (lock.state === state) found.find((one) => one.hash === hash)!.locks.push(lock)
  }
  return found.filter((one) => one.locks.length > 0)
}
