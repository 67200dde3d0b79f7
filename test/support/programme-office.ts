import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { readAudit } from '../../functions/contract/audit.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { putDraft, readDraft, validateDraft } from '../../functions/contract/programme-draft.ts'
import { publishDraft, rollBack } from '../../functions/contract/programme-revisions.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { adminScopes } from '../../functions/local/tokens.ts'
import { type Asked, type Client, ok } from './client.ts'
import type { Laurel } from './laurel.ts'

type Body = Asked<typeof putDraft>['body']

/** Somebody of the staff who works on the programme. */
export class Office {
  readonly client: Client
  readonly subject: string

  private constructor(client: Client, subject: string) {
    this.client = client
    this.subject = subject
  }

  static async of(laurel: Laurel, subject: string, role?: 'supervisor', programme = 'demo'): Promise<Office> {
    const token = await laurel.token({ subject, programme, ...(role && { role }) }, adminScopes)
    return new Office(laurel.client(token), subject)
  }

  ask<Kind extends Operation>(operation: Kind, asked: Asked<Kind>) {
    return this.client.ask(operation, asked)
  }

  async read(): Promise<{ document: ProgrammeDocument; etag: string }> {
    const reply = await this.ask(readDraft, {})
    return { document: ok(reply) as ProgrammeDocument, etag: reply.etag! }
  }

  write(document: ProgrammeDocument, ifMatch?: string) {
    return this.ask(putDraft, { body: document as Body, ...(ifMatch !== undefined && { ifMatch }) })
  }

  /** Changes the draft as it is now. */
  async edit(change: (document: ProgrammeDocument) => ProgrammeDocument) {
    const { document, etag } = await this.read()
    return this.write(change(document), etag)
  }

  async publish(note: string, at?: string, ifMatch?: string) {
    const { etag } = await this.read()
    return this.ask(publishDraft, { ifMatch: ifMatch ?? etag, body: { note, ...(at !== undefined && { at }) } })
  }

  rollBack(revision: number, note: string) {
    return this.ask(rollBack, { body: { revision, note } })
  }

  async validate() {
    return ok(await this.ask(validateDraft, {}))
  }

  adjust(member: string, adjustmentId: string, points: number) {
    return this.ask(adjustPoints, { params: { id: member, adjustmentId }, body: { points, reason: 'a test' } })
  }

  /** Every audit record that is asked for, page by page. */
  async audit(query: Asked<typeof readAudit>['query'] = {}) {
    const items = []
    let cursor: string | null = null
    do {
      const page: ReturnType<typeof ok<typeof readAudit>> = ok(
        await this.ask(readAudit, { query: { ...query, ...(cursor !== null && { cursor }) } }),
      )
      items.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== null)
    return items
  }
}
