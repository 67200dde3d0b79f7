import {
  type CommitResult,
  type Condition,
  type Item,
  type Key,
  LimitError,
  mostItemBytes,
  mostLevels,
  mostReadKeys,
  mostTransactionBytes,
  mostWrites,
  type ReadResult,
  type Value,
  type Write,
} from './store.ts'

/**
 * Bytes of an item by DynamoDB's rule: names and strings in UTF-8, a number one byte for two significant digits plus one
 * (plus one for a minus sign; zero has no digits), true, false and null one, a list or map 3 plus 1 for each element.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  let bytes = 0
  for (const name in item) {
    const value = item[name]
    if (value !== undefined) bytes += textBytes(name) + valueBytes(value)
  }
  return bytes
}

const textBytes = (text: string) => Buffer.byteLength(text, 'utf8')

function valueBytes(value: Value): number {
  switch (typeof value) {
    case 'string':
      return textBytes(value)
    case 'number':
      return numberBytes(value)
    case 'boolean':
      return 1
  }
  if (value === null) return 1
  if (Array.isArray(value)) return value.reduce((bytes, element) => bytes + 1 + valueBytes(element), 3)
  let bytes = 3
  for (const [name, element] of Object.entries(value as { readonly [name: string]: Value | undefined })) {
    if (element !== undefined) bytes += 1 + textBytes(name) + valueBytes(element)
  }
  return bytes
}

/** Leading and trailing zeros do not count: 1200 is 12E2. */
function numberBytes(value: number): number {
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

/**
 * What a read found. Its units are reckoned when they are asked for, by a getter of the class: an object's own getter would give each
 * object a shape of its own, which keeps all that the getter sees until the heap is next collected as a whole.
 */
class Found implements ReadResult {
  readonly items: ReadResult['items']
  readonly #consistent: boolean

  constructor(items: ReadResult['items'], consistent: boolean) {
    this.items = items
    this.#consistent = consistent
  }

  get units(): number {
    return this.items.reduce((sum, item) => sum + readUnits(item ? itemBytes(item) : 0, this.#consistent), 0)
  }
}

export const readOf = (items: ReadResult['items'], consistent: boolean): ReadResult => new Found(items, consistent)

/** That a commit took. Its units are reckoned when they are asked for. */
class Committed {
  readonly outcome = 'committed'
  readonly #writes: readonly Write[]

  constructor(writes: readonly Write[]) {
    this.#writes = writes
  }

  get units(): number {
    return commitUnits(this.#writes)
  }
}

export const committed = (writes: readonly Write[]): CommitResult => new Committed(writes)

export const keyOf = (write: Write): Key => (write.kind === 'put' ? write.item : write.key)

/** Holds DynamoDB's limits of a transaction in every engine. Throws LimitError. */
export function checkCommit(writes: readonly Write[]): void {
  if (writes.length === 0 || writes.length > mostWrites) {
    throw new LimitError('writes', `a commit has 1 to ${mostWrites} writes, not ${writes.length}`)
  }
  let most = 0
  for (const write of writes) {
    checkKey(keyOf(write))
    if (write.kind !== 'put') continue
    checkDue(write.item)
    most += checkItem(write.item)
  }
  if (!areFewDistinct(writes)) checkDistinct(writes.map(keyOf), 'a commit writes each key once')
  // Nearly all are so far below the limits that nothing needs to be counted.
  if (most > mostItemBytes / 2) checkBytes(writes)
}

function checkBytes(writes: readonly Write[]): void {
  let total = 0
  for (const write of writes) {
    const { pk, sk } = keyOf(write)
    const bytes = write.kind === 'put' ? itemBytes(write.item) : 4 + textBytes(pk) + textBytes(sk)
    if (bytes > mostItemBytes) throw new LimitError('item-bytes', `an item of ${bytes} bytes is over ${mostItemBytes}`)
    total += bytes + conditionBytes(write.condition)
  }
  if (total > mostTransactionBytes) throw new LimitError('transaction-bytes', `${total} bytes are over ${mostTransactionBytes}`)
}

/**
 * Looks an item over for what one engine would keep and another refuse, change or lose. Gives bytes that it has at most.
 * Throws LimitError.
 */
function checkItem(item: Item): number {
  let most = 0
  for (const name in item) {
    const value = item[name]
    if (value !== undefined) most += checkName(name) + checkValue(value, mostLevels)
  }
  return most
}

/** `__proto__` and `constructor` the AWS SDK's document client loses or takes for a class; an empty name DynamoDB refuses. */
function checkName(name: string): number {
  if (name === '' || name === '__proto__' || name === 'constructor') {
    throw new LimitError('value', `${JSON.stringify(name)} is no name of an attribute`)
  }
  return checkText(name)
}

/** A UTF-16 unit has three bytes at most. */
function checkText(text: string): number {
  if (!text.isWellFormed()) throw new LimitError('value', 'text has half a surrogate pair')
  return text.length * 3
}

/** Sixteen digits are eight bytes, with one more and one for the sign. */
const mostNumberBytes = 10

function checkValue(value: Value, levels: number): number {
  if (levels === 0) throw new LimitError('value', `an attribute has at most ${mostLevels} levels`)
  if (typeof value === 'string') return checkText(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new LimitError('value', `${value} is no safe integer`)
    return mostNumberBytes
  }
  if (typeof value === 'boolean' || value === null) return 1
  let most = 3
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) most += 1 + checkValue(value[index], levels - 1)
    return most
  }
  const map = value as { readonly [name: string]: Value | undefined }
  for (const name in map) {
    const element = map[name]
    if (element !== undefined) most += 1 + checkName(name) + checkValue(element, levels - 1)
  }
  return most
}

/** Whether writes are few enough to be compared with each other, as a purchase's are, and have keys of their own. */
function areFewDistinct(writes: readonly Write[]): boolean {
  if (writes.length > 4) return false
  for (let index = 1; index < writes.length; index += 1) {
    const { pk, sk } = keyOf(writes[index]!)
    for (let other = 0; other < index; other += 1) {
      const key = keyOf(writes[other]!)
      if (key.sk === sk && key.pk === pk) return false
    }
  }
  return true
}

function checkDistinct(keys: readonly Key[], otherwise: string): void {
  if (keys.length > 1 && new Set(keys.map(nameOfKey)).size < keys.length) throw new LimitError('distinct-keys', otherwise)
}

/** Holds the limits of a read in every engine. Throws LimitError. */
export function checkRead(keys: readonly Key[]): void {
  if (keys.length === 0 || keys.length > mostReadKeys) throw new LimitError('keys', `a read has 1 to ${mostReadKeys} keys`)
  for (const key of keys) checkKey(key)
  checkDistinct(keys, 'a read asks for each key once')
}

/** One text for one key. */
export const nameOfKey = ({ pk, sk }: Key): string => `${pk}\u0000${sk}`

/** DynamoDB counts a condition's expression, names and values into the transaction: no less than that. */
const conditionBytes = (condition: Condition | undefined) =>
  !condition ? 0 : condition.is === 'absent' ? 24 : 40 + textBytes(condition.attribute)

/** Partition keys have 1 to 2048 bytes, sort keys 1 to 1024. */
function checkKey({ pk, sk }: Key): void {
  if (pk.length === 0 || isLonger(pk, 2048)) throw new LimitError('key-bytes', 'a partition key has 1 to 2048 bytes')
  if (sk.length === 0 || isLonger(sk, 1024)) throw new LimitError('key-bytes', 'a sort key has 1 to 1024 bytes')
}

const isLonger = (text: string, most: number) => text.length * 3 > most && textBytes(text) > most

function checkDue({ due }: Item): void {
  if (due === '' || (due && isLonger(due, 2048))) throw new LimitError('key-bytes', '`due` has 1 to 2048 bytes')
}
