import { Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import type { Server } from '../functions/contract/operation.ts'
import type { Bundles } from './bundles.ts'
import { LedgerFunction } from './ledger-function.ts'
import type { LedgerTable } from './ledger-table.ts'
import type { LookupSecret } from './lookup-secret.ts'
import {
  checksInTransactions,
  deletesInTransactions,
  putsInTransactions,
  readsIdentities,
  readsLedger,
  readsSecret,
  writesProgrammes,
} from './permissions.ts'
import type { SignIn } from './sign-in.ts'
import type { Stage } from './stage.ts'

export interface AudiencesProps {
  readonly stage: Stage
  readonly bundles: Bundles
  readonly ledger: LedgerTable
  readonly lookups: LookupSecret
  readonly signIn: SignIn
}

/** What API Gateway waits for an answer is 30 s: a function that takes longer works for nobody. */
const answersWithin = Duration.seconds(29)

/**
 * The functions behind the HTTP API, one for each audience and for each office: what one may do, and how much of the account's
 * concurrency it may take, is no concern of the others.
 */
export class Audiences extends Construct {
  readonly servers: { readonly [server in Server]: LedgerFunction }
  readonly authorize: LedgerFunction
  readonly unrouted: LedgerFunction

  constructor(scope: Construct, id: string, { stage, bundles, ledger, lookups, signIn }: AudiencesProps) {
    super(scope, id)
    const common = { stage, bundles, timeout: answersWithin }
    const LAUREL_TABLE = ledger.table.tableName
    const findsMembers = { LAUREL_TABLE, LAUREL_LOOKUP_SECRET_ARN: lookups.secret.secretArn }
    const finds = [checksInTransactions(ledger), readsSecret(lookups.secret)]
    const changes = [readsLedger(ledger), putsInTransactions(ledger)]
    this.servers = {
      pos: new LedgerFunction(this, {
        ...common,
        name: 'pos',
        description: 'What tills call',
        memoryMb: 1024,
        concurrency: 300,
        environment: findsMembers,
        allowed: [...changes, deletesInTransactions(ledger), ...finds],
      }),
      member: new LedgerFunction(this, {
        ...common,
        name: 'member',
        description: 'What the member app calls',
        memoryMb: 1024,
        concurrency: 180,
        environment: findsMembers,
        allowed: [...changes, deletesInTransactions(ledger), ...finds],
      }),
      admin: new LedgerFunction(this, {
        ...common,
        name: 'admin',
        description: 'What staff call about members',
        memoryMb: 512,
        concurrency: 12,
        environment: findsMembers,
        // Attaching a purchase finds its member by card, and takes it off the list of those without one.
        allowed: [...changes, deletesInTransactions(ledger), readsSecret(lookups.secret)],
      }),
      clubs: new LedgerFunction(this, {
        ...common,
        name: 'clubs',
        description: 'What tills, members and staff call about clubs',
        memoryMb: 1024,
        concurrency: 60,
        environment: { LAUREL_TABLE },
        // An event that ends at another time stands elsewhere in the agenda.
        allowed: [...changes, deletesInTransactions(ledger), checksInTransactions(ledger)],
      }),
      rewards: new LedgerFunction(this, {
        ...common,
        name: 'rewards',
        description: 'What tills, members and staff call about rewards',
        memoryMb: 1024,
        concurrency: 100,
        environment: findsMembers,
        // An item of codes goes when its last one is given out.
        allowed: [...changes, deletesInTransactions(ledger), ...finds],
      }),
      guarantees: new LedgerFunction(this, {
        ...common,
        name: 'guarantees',
        description: 'What tills, members and staff call about claims of guarantees',
        memoryMb: 1024,
        concurrency: 30,
        environment: { LAUREL_TABLE },
        // What is decided is taken out of the line.
        allowed: [...changes, deletesInTransactions(ledger)],
      }),
      care: new LedgerFunction(this, {
        ...common,
        name: 'care',
        description: 'What tills, members and staff call where a customer is not satisfied',
        memoryMb: 1024,
        concurrency: 40,
        environment: findsMembers,
        // Members are found by card, and what is resolved is taken out of the queue.
        allowed: [...changes, deletesInTransactions(ledger), readsSecret(lookups.secret)],
      }),
      programme: new LedgerFunction(this, {
        ...common,
        name: 'programme',
        description: 'What staff call about the programme itself',
        memoryMb: 512,
        concurrency: 8,
        environment: { LAUREL_TABLE },
        allowed: [readsLedger(ledger), ...writesProgrammes(ledger)],
      }),
    }
    this.authorize = new LedgerFunction(this, {
      ...common,
      name: 'authorize',
      description: 'Finds out whom a token belongs to and what they may do',
      timeout: Duration.seconds(10), // what API Gateway waits for an authorizer
      memoryMb: 512,
      concurrency: 100,
      environment: {
        LAUREL_TABLE,
        LAUREL_OIDC_ISSUER: signIn.issuer,
        LAUREL_STAFF_CLIENT: signIn.staffClient.userPoolClientId,
      },
      allowed: [readsIdentities(ledger, signIn.issuer)],
    })
    this.unrouted = new LedgerFunction(this, {
      ...common,
      name: 'unrouted',
      description: 'Answers strangers what is not there',
      memoryMb: 256,
      concurrency: 10,
      allowed: [],
    })
  }

  get all(): readonly LedgerFunction[] {
    return [...Object.values(this.servers), this.authorize, this.unrouted]
  }
}
