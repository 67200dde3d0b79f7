import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openPlace } from '../../functions/local/deployment.ts'
import { putIdentity } from '../../functions/local/development-issuer.ts'
import { seed } from '../../functions/local/seed.ts'
import { issueDemoTokens } from '../../functions/local/tokens.ts'
import { verify } from '../../functions/local/verify.ts'
import type { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { entryPrefix } from '../../functions/store/table.ts'

/** A data file that the version before this one made: its table has no `id`, and its identities have no version. */

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'laurel-upgrade-'))
  path = join(directory, 'laurel.db')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function makeOlder(): void {
  const file = new DatabaseSync(path)
  file.exec(`
    CREATE TABLE older (
      pk TEXT NOT NULL, sk TEXT NOT NULL, item TEXT NOT NULL, due TEXT, due_at INTEGER, v INTEGER, UNIQUE (pk, sk)
    );
    INSERT INTO older SELECT pk, sk, item, due, due_at, v FROM items ORDER BY id;
    UPDATE older SET item = json_remove(item, '$.v'), v = NULL WHERE sk = 'IDENTITY';
    DROP TABLE items;
    ALTER TABLE older RENAME TO items;
    CREATE INDEX due ON items (due, due_at, pk, sk) WHERE due IS NOT NULL;
  `)
  file.close()
}

test('is opened, served and said other things of', async () => {
  const made = await openPlace({ kind: 'file', path })
  await seed(made.runtime)
  await issueDemoTokens({ runtime: made.runtime, secrets: made.secrets! })
  await made.runtime.store.close()
  makeOlder()

  const { runtime, secrets } = await openPlace({ kind: 'file', path })
  await issueDemoTokens({ runtime, secrets: secrets! })
  await putIdentity(runtime.store, { subject: 'demo-pos', programme: 'demo', stores: ['leeds'] })
  expect((await verify(runtime, undefined, () => {})).ok).toBe(true)
  // The publisher follows it.
  expect(await (runtime.store as SqliteStore).firstWrittenAfter(0, entryPrefix, 9)).toHaveLength(1)
  await runtime.store.close()
})
