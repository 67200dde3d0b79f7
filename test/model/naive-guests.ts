import { ok } from 'node:assert/strict'

/** The list at the door of an event: who has a place, who waits for one, who came. Places are counted from the list each time anew. */
export class NaiveGuests {
  readonly capacity: number
  coming: string[] = []
  waiting: string[] = []
  came: string[] = []
  isOff = false

  constructor(capacity: number) {
    this.capacity = capacity
  }

  get free(): number {
    return this.capacity - this.coming.length - this.came.length
  }

  accept(who: string): void {
    ok(!this.isOff && !this.#all.includes(who), `${who} accepts twice, or what is called off`)
    if (this.free > 0) this.coming.push(who)
    else this.waiting.push(who)
  }

  /** Whoever waits longest has the place. */
  decline(who: string): void {
    ok(this.coming.includes(who) || this.waiting.includes(who), `${who} declines what they never accepted`)
    this.#strike(who)
    while (this.free > 0 && this.waiting.length > 0) this.coming.push(this.waiting.shift()!)
  }

  /** To their own place, or to one that is free. */
  comeIn(who: string): void {
    ok(!this.came.includes(who), `${who} comes twice`)
    ok(this.isOff || this.coming.includes(who) || this.free > 0, `${who} comes to a place that there is not`)
    this.#strike(who)
    this.came.push(who)
  }

  callOff(): void {
    this.isOff = true
    this.coming = []
    this.waiting = []
  }

  get #all(): string[] {
    return [...this.coming, ...this.waiting, ...this.came]
  }

  #strike(who: string): void {
    this.coming = this.coming.filter((one) => one !== who)
    this.waiting = this.waiting.filter((one) => one !== who)
  }
}
