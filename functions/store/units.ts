import {
  type Condition,
  type Item,
  type Key,
  LimitError,
  mostItemBytes,
  mostLevels,
  mostReadKeys,
  mostTransactionBytes,
  mostWrites,
  type Value,
  type Write,
} from './store.ts'

const measured = new WeakMap<Item, number>()

/**
 * Bytes of an item by DynamoDB's rule: names and strings in UTF-8, a number one byte for two significant digits plus one
 * (plus one for a minus sign; zero has no digits), true, false and null one, a list or map 3 plus 1 for each element.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 *
 * Throws LimitError for what one engine would keep and another refuse, change or lose. An item is looked over once: what it
 * was found to have is remembered as long as it is.
 */
export function itemBytes(item: Item): number {
  let bytes = measured.get(item)
  if (bytes === undefined) {
    bytes = 0
    for (const name in item) {
      const value = item[name]
      if (value !== undefined) bytes += nameBytes(name) + valueBytes(value, mostLevels)
    }
    measured.set(item, bytes)
  }
  return bytes
}

/** Bytes in UTF-8, counted here where they are few and ASCII, as nearly all are. Throws LimitError for half a surrogate pair. */
function textBytes(text: string): number {
  const { length } = text
  if (length <= 64) {
    let index = 0
    while (index < length && text.charCodeAt(index) < 0x80) index += 1
    if (index === length) return length
  }
  if (!text.isWellFormed()) throw new LimitError('value', 'text has half a surrogate pair')
  return Buffer.byteLength(text, 'utf8')
}

/** `__proto__` and `constructor` the AWS SDK's document client loses or takes for a class; an empty name DynamoDB refuses. */
function nameBytes(name: string): number {
  if (name === '' || name === '__proto__' || name === 'constructor') {
    throw new LimitError('value', `${JSON.stringify(name)} is no name of an attribute`)
  }
  return textBytes(name)
}

function valueBytes(value: Value, levels: number): number {
  if (levels === 0) throw new LimitError('value', `an attribute has at most ${mostLevels} levels`)
  switch (typeof value) {
    case 'string':
      return textBytes(value)
    case 'number':
      return numberBytes(value)
    case 'boolean':
      return 1
  }
  if (value === null) return 1
  let bytes = 3
  if (Array.isArray(value)) {
    for (const element of value) bytes += 1 + valueBytes(element, levels - 1)
  } else {
    const map = value as { readonly [name: string]: Value | undefined }
    for (const name in map) {
      const element = map[name]
      if (element !== undefined) bytes += 1 + nameBytes(name) + valueBytes(element, levels - 1)
    }
  }
  return bytes
}

/** Leading and trailing zeros do not count: 1200 is 12E2. */
function numberBytes(value: number): number {
  if (!Number.isSafeInteger(value)) throw new LimitError('value', `${value} is no safe integer`)
  let digits = Math.abs(value)
  if (digits === 0) return 1
  while (digits % 100 === 0) digits /= 100
  let bytes = value < 0 ? 2 : 1
  for (let left = digits; left >= 1; left /= 100) bytes += 1
  return bytes
}

const kilobytes = (bytes: number, size: number) => Math.max(1, Math.ceil(bytes / size))

/** Units of a read of one item, or of a page's sum of bytes: one for 4 KB, half of that where eventually consistent. */
export function readUnits(bytes: number, consistent: boolean): number {
  return kilobytes(bytes, 4096) / (consistent ? 1 : 2)
}

/**
 * Units of a transaction: twice one unit a KB for every write, by the larger of the item before and after; and one for
 * every index entry that is put or removed (a changed index key is both).
 */
export function commitUnits(writes: readonly Write[]): number {
  let units = 0
  for (const write of writes) {
    if (write.kind === 'check') {
      units += 2
      continue
    }
    const after = write.kind === 'put' ? write.item : undefined
    const before = write.replaces
    units += 2 * kilobytes(Math.max(after ? itemBytes(after) : 0, before ? itemBytes(before) : 0), 1024)
    if (after?.due !== before?.due || after?.dueAt !== before?.dueAt) {
      units += (after?.due === undefined ? 0 : 1) + (before?.due === undefined ? 0 : 1)
    }
  }
  return units
}

export const keyOf = (write: Write): Key => (write.kind === 'put' ? write.item : write.key)

/** Holds DynamoDB's limits of a transaction in every engine. Throws LimitError. */
export function checkCommit(writes: readonly Write[]): void {
  if (writes.length === 0 || writes.length > mostWrites) {
    throw new LimitError('writes', `a commit has 1 to ${mostWrites} writes, not ${writes.length}`)
  }
  const keys = new Set<string>()
  let total = 0
  for (const write of writes) {
    const key = keyOf(write)
    checkKey(key)
    keys.add(nameOfKey(key))
    if (write.kind === 'put') checkDue(write.item)
    const bytes = write.kind === 'put' ? itemBytes(write.item) : 4 + textBytes(key.pk) + textBytes(key.sk)
    if (bytes > mostItemBytes) throw new LimitError('item-bytes', `an item of ${bytes} bytes is over ${mostItemBytes}`)
    total += bytes + conditionBytes(write.condition)
  }
  if (keys.size < writes.length) throw new LimitError('distinct-keys', 'a commit writes each key once')
  if (total > mostTransactionBytes) throw new LimitError('transaction-bytes', `${total} bytes are over ${mostTransactionBytes}`)
}

/** Holds the limits of a read in every engine. Throws LimitError. */
export function checkRead(keys: readonly Key[]): void {
  if (keys.length === 0 || keys.length > mostReadKeys) throw new LimitError('keys', `a read has 1 to ${mostReadKeys} keys`)
  for (const key of keys) checkKey(key)
  if (keys.length > 1 && new Set(keys.map(nameOfKey)).size < keys.length) {
    throw new LimitError('distinct-keys', 'a read asks for each key once')
  }
}

/** One text for one key. */
export const nameOfKey = ({ pk, sk }: Key): string => `${pk}\u0000${sk}`

/** DynamoDB counts a condition's expression, names and values into the transaction: no less than that. */
const conditionBytes = (condition: Condition | undefined) =>
  !condition ? 0 : condition.is === 'absent' ? 24 : 40 + textBytes(condition.attribute)

/** Partition keys have 1 to 2048 bytes, sort keys 1 to 1024. */
function checkKey({ pk, sk }: Key): void {
  if (pk.length === 0 || textBytes(pk) > 2048) throw new LimitError('key-bytes', 'a partition key has 1 to 2048 bytes')
  if (sk.length === 0 || textBytes(sk) > 1024) throw new LimitError('key-bytes', 'a sort key has 1 to 1024 bytes')
}

function checkDue({ due }: Item): void {
  if (due === '' || (due && textBytes(due) > 2048)) throw new LimitError('key-bytes', '`due` has 1 to 2048 bytes')
}
