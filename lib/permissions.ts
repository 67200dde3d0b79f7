import type { EventBus } from 'aws-cdk-lib/aws-events'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import {
  auditedJobPartitions,
  jobPartitions,
  table as keys,
  officePartitions,
  rekeyedPartitions,
} from '../functions/store/table.ts'
import type { LedgerTable } from './ledger-table.ts'

/**
 * What a function may be allowed to do, each as one statement written by hand: the actions that the store calls and no
 * other, on the very resources. Nothing scans, nothing deletes the table.
 */

/** Reads by key and by partition. */
export const readsLedger = ({ table }: LedgerTable) =>
  new PolicyStatement({
    sid: 'ReadLedger',
    actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
    resources: [table.tableArn],
  })

/** Puts items, within a transaction alone: every write of the ledger carries its conditions. */
export const putsInTransactions = (ledger: LedgerTable) => transactional('PutInTransactions', 'dynamodb:PutItem', ledger)

/** Deletes items, within a transaction alone: look-ups that changed, purchases that no longer wait for sale or member. */
export const deletesInTransactions = (ledger: LedgerTable) => transactional('DeleteInTransactions', 'dynamodb:DeleteItem', ledger)

/** Checks items, within a transaction alone: that the key of the look-ups is still in force. */
export const checksInTransactions = (ledger: LedgerTable) =>
  transactional('CheckInTransactions', 'dynamodb:ConditionCheckItem', ledger)

/** Moves look-ups to another key within transactions, and says which key is in force; of the ledger itself it writes nothing. */
export const rekeysLookups = (ledger: LedgerTable) => changesPartitions(ledger, rekeyedPartitions())

/** Leaves marks of backtests and reports within transactions; of the ledger itself it writes nothing. */
export const marksJobs = (ledger: LedgerTable) => changesPartitions(ledger, jobPartitions())

/**
 * Writes drafts, revisions and jobs, and the audit of them; of the ledger itself nothing. What one transaction writes is within
 * one statement, so that it does not matter whether DynamoDB looks at the keys of a transaction one by one or together.
 */
export function writesProgrammes(ledger: LedgerTable): PolicyStatement[] {
  const { within, without } = officePartitions()
  const drafts = transactional('PutProgrammes', 'dynamodb:PutItem', ledger)
  drafts.addConditions(onlyPartitions(within))
  drafts.addConditions({ 'ForAllValues:StringNotLike': { 'dynamodb:LeadingKeys': without } })
  const jobs = transactional('PutJobs', 'dynamodb:PutItem', ledger)
  jobs.addConditions(onlyPartitions(auditedJobPartitions()))
  return [drafts, jobs]
}

const changesPartitions = (ledger: LedgerTable, partitions: readonly string[]) =>
  [putsInTransactions(ledger), deletesInTransactions(ledger)].map((statement) => {
    statement.addConditions(onlyPartitions(partitions))
    return statement
  })

const transactional = (sid: string, action: string, { table }: LedgerTable) =>
  new PolicyStatement({
    sid,
    actions: [action],
    resources: [table.tableArn],
    conditions: { 'ForAnyValue:StringEquals': { 'dynamodb:EnclosingOperation': ['TransactWriteItems'] } },
  })

/** Reads who is due. */
export const readsDueIndex = ({ dueIndexArn }: LedgerTable) =>
  new PolicyStatement({ sid: 'ReadDueIndex', actions: ['dynamodb:Query'], resources: [dueIndexArn] })

/** Of these partitions alone. What is said of all values holds of none as well, so that there must be some. */
const onlyPartitions = (partitions: readonly string[]) => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
  Null: { 'dynamodb:LeadingKeys': 'false' },
})

/** Reads what the tokens of an issuer stand for, and nothing else of the ledger. */
export const readsIdentities = ({ table }: LedgerTable, issuer: string) =>
  new PolicyStatement({
    sid: 'ReadIdentities',
    actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem'],
    resources: [table.tableArn],
    conditions: onlyPartitions([keys.identity(issuer, '*').pk]),
  })

/** Follows the table's stream. */
export const readsStream = ({ streamArn }: LedgerTable) => [
  new PolicyStatement({
    sid: 'ReadStream',
    actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    resources: [streamArn],
  }),
  // It takes no resource: a stream cannot be named before it is listed.
  new PolicyStatement({ sid: 'ListStreams', actions: ['dynamodb:ListStreams'], resources: ['*'] }),
]

export const readsSecret = ({ secretArn }: Secret) =>
  new PolicyStatement({ sid: 'ReadLookupSecret', actions: ['secretsmanager:GetSecretValue'], resources: [secretArn] })

/** Reads the versions of the secret, makes another one, and says which of them is current. */
export const rotatesSecret = ({ secretArn }: Secret) =>
  new PolicyStatement({
    sid: 'RotateLookupSecret',
    actions: ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
      (action) => `secretsmanager:${action}`,
    ),
    resources: [secretArn],
  })

/** Puts events on a bus. */
export const putsEvents = ({ eventBusArn }: EventBus) =>
  new PolicyStatement({ sid: 'PutEvents', actions: ['events:PutEvents'], resources: [eventBusArn] })

/** Leaves what failed for good in a dead-letter queue. */
export const sendsTo = ({ queueArn }: IQueue) =>
  new PolicyStatement({ sid: 'SendDeadLetters', actions: ['sqs:SendMessage'], resources: [queueArn] })
