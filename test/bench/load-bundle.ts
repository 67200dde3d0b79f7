/**
 * Loads a bundle in a process of its own and says how many milliseconds passed until it had answered an event: one that it
 * refuses, so that no table is needed. What is imported first, before the clock starts, is Node's own.
 */
const [path, event] = process.argv.slice(2)
const from = process.hrtime.bigint()
const { handler } = (await import(path!)) as { handler: (event: unknown, context: object) => Promise<{ statusCode: number }> }
const { statusCode } = await handler(JSON.parse(event!), {})
const loadedMs = Number(process.hrtime.bigint() - from) / 1e6
process.stdout.write(JSON.stringify({ loadedMs, statusCode }))
