import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startExperimentReport } from '../../functions/contract/experiments.ts'
import { operations } from '../../functions/contract/index.ts'
import { type Operation, serverOf } from '../../functions/contract/operation.ts'
import { instant, memberId } from '../../functions/domain/units.ts'
import { deploymentOn } from '../../functions/local/deployment.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { serveProgramme } from '../../functions/programme.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Key, Write } from '../../functions/store/store.ts'
import { backtestJob, table } from '../../functions/store/table.ts'
import { PassingStore } from '../support/passing-store.ts'
import { callAs, demoTill } from './gateway-event.ts'
import { actionsOf, type Resource, type Statement, statementsOf, synthesise } from './synthesised.ts'

const stage = synthesise()
const roles = stage.of('AWS::IAM::Role')

const writesLog = ['logs:CreateLogStream', 'logs:PutLogEvents']
const reads = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query']
const changes = [
  ...reads,
  'dynamodb:PutItem',
  'dynamodb:DeleteItem',
  'dynamodb:ConditionCheckItem',
  'secretsmanager:GetSecretValue',
]

/** All that each function may do. What is not here no function may. */
const allowed: { readonly [description: string]: readonly string[] } = {
  'What tills call': [...writesLog, ...changes],
  'What the member app calls': [...writesLog, ...changes],
  'What tills, members and staff call about claims of guarantees': [
    ...writesLog,
    ...reads,
    'dynamodb:PutItem',
    'dynamodb:DeleteItem',
  ],
  'What tills, members and staff call where a customer is not satisfied': [
    ...writesLog,
    ...reads,
    'dynamodb:PutItem',
    'dynamodb:DeleteItem',
    'secretsmanager:GetSecretValue',
  ],
  'What tills, members and staff call about clubs': [
    ...writesLog,
    ...reads,
    'dynamodb:PutItem',
    'dynamodb:DeleteItem',
    'dynamodb:ConditionCheckItem',
  ],
  'What tills, members and staff call about rewards': [...writesLog, ...changes],
  'What staff call about members': [
    ...writesLog,
    ...reads,
    'dynamodb:PutItem',
    'dynamodb:DeleteItem',
    'secretsmanager:GetSecretValue',
  ],
  // Drafts and jobs are two statements.
  'What staff call about the programme itself': [...writesLog, ...reads, 'dynamodb:PutItem', 'dynamodb:PutItem'],
  'Finds out whom a token belongs to and what they may do': [...writesLog, 'dynamodb:GetItem', 'dynamodb:BatchGetItem'],
  'Answers strangers what is not there': writesLog,
  'Books what time has brought about for members': [
    ...writesLog,
    ...reads,
    'dynamodb:Query', // the due index
    'dynamodb:PutItem',
    'sqs:SendMessage',
  ],
  'Works on backtests and reports': [...writesLog, ...reads, 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
  'Publishes ledger entries from the table’s stream': [
    ...writesLog,
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    'events:PutEvents',
    'sqs:SendMessage',
  ],
  'Puts a member’s verified e-mail address into their access token': writesLog,
  'Rotates the key by which members are looked up': [
    ...writesLog,
    ...reads,
    'dynamodb:PutItem',
    'dynamodb:DeleteItem',
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
    'secretsmanager:PutSecretValue',
    'secretsmanager:UpdateSecretVersionStage',
  ],
}

const refOf = (value: unknown): string => (value as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0]

const roleOf = ({ Properties }: Resource): Resource => roles.find(([id]) => id === refOf(Properties.Role))![1]

const lambdas = stage
  .of('AWS::Lambda::Function')
  .map(([, lambda]) => [lambda.Properties.Description as string, statementsOf(roleOf(lambda))] as const)

const all: readonly Statement[] = roles.flatMap(([, role]) => statementsOf(role))

describe('what each function may do', () => {
  it('is listed here, function by function', () => {
    expect(lambdas.map(([description]) => description).sort()).toEqual(Object.keys(allowed).sort())
  })

  it.each(lambdas)('%s', (description, statements) => {
    expect(statements.flatMap(actionsOf).sort()).toEqual([...allowed[description]!].sort())
    expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true)
  })

  it('is said by its own role alone: no role is shared, none has a policy from elsewhere', () => {
    const ofLambdas = stage.of('AWS::Lambda::Function').map(([, { Properties }]) => refOf(Properties.Role))
    expect(new Set(ofLambdas).size).toBe(ofLambdas.length)
    for (const [, { Properties }] of roles) expect(Properties.ManagedPolicyArns).toBeUndefined()
    for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy', 'AWS::IAM::User']) {
      expect(stage.of(type)).toEqual([])
    }
  })
})

describe('no role', () => {
  it('has a wildcard for an action, may scan, or may touch the table itself', () => {
    const actions = all.flatMap(actionsOf)
    expect(actions.filter((action) => action.includes('*'))).toEqual([])
    expect(actions.filter((action) => /Scan|Table|PartiQL|BatchWrite|UpdateItem|Backup|Export/.test(action))).toEqual([])
  })

  it('has a wildcard for a resource, but to list streams', () => {
    const wide = all.filter(({ Resource }) => JSON.stringify(Resource).includes('*'))
    expect(wide.flatMap(actionsOf)).toEqual(['dynamodb:ListStreams'])
  })

  it('writes the ledger but by transactions', () => {
    const writes = all.filter((statement) =>
      actionsOf(statement).some((action) => /:(Put|Delete|ConditionCheck)Item$/.test(action)),
    )
    expect(writes.length).toBeGreaterThan(0)
    for (const { Condition } of writes) {
      expect(Condition).toMatchObject({ 'ForAnyValue:StringEquals': { 'dynamodb:EnclosingOperation': ['TransactWriteItems'] } })
    }
  })

  it('is anybody’s but the service’s that it is for', () => {
    const trusted = roles.map(([, { Properties }]) => {
      const { Statement } = Properties.AssumeRolePolicyDocument as { Statement: Statement[] }
      return Statement.map(({ Principal }) => (Principal as { Service: string }).Service).join()
    })
    expect(trusted.filter((service) => service === 'scheduler.amazonaws.com')).toHaveLength(2)
    expect(new Set(trusted)).toEqual(new Set(['lambda.amazonaws.com', 'scheduler.amazonaws.com']))
  })
})

describe('the schedules', () => {
  const allowedBy = (part: string) => {
    const [, role] = roles.find(([id]) => id.includes(`${part}ScheduleRole`))!
    return statementsOf(role)
  }

  it('may invoke the one function and leave dead letters', () => {
    expect(allowedBy('Settling').flatMap(actionsOf)).toEqual(['lambda:InvokeFunction', 'sqs:SendMessage'])
    expect(allowedBy('Jobs').flatMap(actionsOf)).toEqual(['lambda:InvokeFunction'])
  })
})

describe('the authorizer', () => {
  it('reads what tokens of its own issuer stand for, and nothing else of the ledger', () => {
    const [, statements] = lambdas.find(([description]) => description.startsWith('Finds out'))!
    const read = statements.find(({ Sid }) => Sid === 'ReadIdentities')
    const key = { 'Fn::Join': ['', ['IDENTITY#', { 'Fn::GetAtt': [expect.any(String), 'ProviderURL'] }, '#*']] }
    expect(read?.Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [key] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    })
  })
})

describe('the rotation', () => {
  it('writes look-ups and the ring, and nothing else of the ledger', () => {
    const [, statements] = lambdas.find(([description]) => description.startsWith('Rotates'))!
    const writes = statements.filter(({ Sid }) => /^(Put|Delete)InTransactions$/.test(Sid ?? ''))
    expect(writes).toHaveLength(2)
    const partitions = ['P#*#CARD#*', 'P#*#EMAIL#*', 'P#*#PHONE#*', 'RING#*']
    for (const { Condition } of writes) {
      expect(Condition).toMatchObject({
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      })
    }
    const written = [
      table.lookup('demo', 'card', 'x'),
      table.lookup('demo', 'email', 'x'),
      table.lookup('demo', 'phone', 'x'),
      table.ring(0),
      table.rekeying,
    ]
    const others = [
      table.head('demo', memberId('m')),
      table.receipt('demo', 'leeds:1'),
      table.roster('demo', memberId('m')),
      table.current('demo'),
      table.identity('i', 's'),
      table.sweep(0),
    ]
    const isAdmitted = ({ pk }: Key) => partitions.some((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(pk))
    expect(written.map(isAdmitted)).not.toContain(false)
    expect(others.map(isAdmitted)).not.toContain(true)
  })
})

describe('the jobs', () => {
  it('write what they have come to, and nothing else of the ledger', () => {
    const [, statements] = lambdas.find(([description]) => description.startsWith('Works on'))!
    const writes = statements.filter(({ Sid }) => /^(Put|Delete)InTransactions$/.test(Sid ?? ''))
    expect(writes).toHaveLength(2)
    const partitions = ['P#*#JOB#*', 'P#*#JOBS']
    for (const { Condition } of writes) {
      expect(Condition).toMatchObject({
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      })
    }
    const written = [table.job('demo', backtestJob('b')), table.openJob('demo', backtestJob('b'))]
    const others = [
      table.head('demo', memberId('JOB')),
      table.receipt('demo', 'JOBS:1'),
      table.roster('demo', memberId('m')),
      table.current('demo'),
      table.budget('demo', 'JOB'),
    ]
    const isAdmitted = ({ pk }: Key) => partitions.some((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(pk))
    expect(written.map(isAdmitted)).not.toContain(false)
    expect(others.map(isAdmitted)).not.toContain(true)
  })
})

describe('marketing’s office', () => {
  const [, statements] = lambdas.find(([description]) => description.endsWith('the programme itself'))!
  const writes = statements.filter(({ Sid }) => Sid?.startsWith('Put'))
  const [drafts, jobs] = writes.map(admits)

  it('writes drafts, revisions, jobs and the audit, and nothing else', () => {
    expect(writes).toHaveLength(2)
    // Every kind of key that there is, so that one that is new must be thought of.
    const made = Object.entries(table).map(([name, key]) => {
      const make = key as Key | ((...parts: unknown[]) => Key)
      return [name, typeof make === 'function' ? make('demo', ...argumentsOf(name)) : make] as const
    })
    const admitted = (isAdmitted: (key: Key) => boolean) => made.filter(([, key]) => isAdmitted(key)).map(([name]) => name)
    expect(admitted(drafts!)).toEqual(['revision', 'current', 'draft', 'audit'])
    expect(admitted(jobs!)).toEqual(['audit', 'job', 'jobDocument', 'openJob', 'latestReport', 'latestPeriodReport'])
  })

  it('may do what it does, and all that one transaction writes by one statement', async () => {
    const store = new WatchedStore(new SqliteStore(':memory:'))
    const { runtime } = await deploymentOn(store)
    await createProgramme(store, 'demo', demoProgramme, instant(0))
    const serve = serveProgramme(runtime)
    store.commits.length = 0
    const caller = { ...demoTill, scopes: 'laurel/admin.read laurel/admin.marketing', stores: '' }
    const ask = async (operation: Operation, { params, body, ifMatch = '*' }: Operation['example'] = operation.example) => {
      const asked = { params: params as { [name: string]: string }, body, headers: { 'if-match': ifMatch } }
      return (await callAs(serve, caller, operation, asked)).statusCode
    }
    const changing = operations.filter(
      (operation) => serverOf(operation) === 'programme' && operation.method !== 'GET' && !operation.asksOnly,
    )
    for (const operation of changing) expect(`${operation.name} ${await ask(operation)}`).toMatch(/ 20[012]$/)
    // A campaign that is named like a kind of key is a campaign.
    for (const id of ['M', 'PURCHASE']) {
      const params = { campaignId: id }
      expect(
        await ask(startExperimentReport, { params, body: { ...(startExperimentReport.example.body as object), percent: 10 } }),
      ).toBe(202)
    }
    for (const commit of store.commits) {
      expect(commit.map(({ kind }) => kind)).toEqual(commit.map(() => 'put'))
      const written = commit.map((write) => (write as Extract<Write, { kind: 'put' }>).item)
      expect(
        [drafts!, jobs!].some((isAdmitted) => written.every(isAdmitted)),
        JSON.stringify(written.map(({ pk }) => pk)),
      ).toBe(true)
    }
    await store.close()
  })
})

/** Writes down all that is committed. */
class WatchedStore extends PassingStore {
  readonly commits: (readonly Write[])[] = []

  override commit(writes: readonly Write[]) {
    this.commits.push(writes)
    return super.commit(writes)
  }
}

/** Which keys the patterns of a statement let through. */
function admits({ Condition }: Statement): (key: Key) => boolean {
  const conditions = Condition as { [operator: string]: { [key: string]: unknown } | undefined }
  expect(conditions.Null).toEqual({ 'dynamodb:LeadingKeys': 'false' })
  const isLike = (operator: string, pk: string) =>
    [conditions[operator]?.['dynamodb:LeadingKeys'] ?? []]
      .flat()
      .some((pattern) => new RegExp(`^${(pattern as string).replaceAll('*', '.*')}$`).test(pk))
  return ({ pk }) => isLike('ForAllValues:StringLike', pk) && !isLike('ForAllValues:StringNotLike', pk)
}

/** What the maker of a kind of key takes besides the programme: an instant comes first where it is told apart by time. */
const argumentsOf = (name: string): unknown[] =>
  name === 'audit' || name === 'agenda' ? [0, 'a', 'b'] : name === 'lookup' ? ['card', 'x'] : ['x', 'y', 'z']

describe('the kinds of writes that handlers make', () => {
  it('are those that the roles allow', () => {
    const functions = join(import.meta.dirname, '../../functions')
    const handlers = readdirSync(join(functions, 'handlers')).map((file) => `handlers/${file}`)
    const kinds = [...handlers, 'store/key-ring.ts'].flatMap((file) =>
      [...readFileSync(join(functions, file), 'utf8').matchAll(/kind: '(put|delete|check)'/g)].map((match) => match[1]),
    )
    expect(new Set(kinds)).toEqual(new Set(['put', 'delete', 'check']))
  })
})
