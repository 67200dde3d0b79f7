/** The entity tag of a version of something (RFC 9110, 8.8.3). */
export const etagOf = (version: number) => `"${version}"`

/** Whether a client has seen what is there now (RFC 9110, 13.1.1). Weak tags never match. */
export function isSeen(ifMatch: string | undefined, etag: string): boolean {
  return ifMatch === undefined || ifMatch.split(',').some((tag) => ['*', etag].includes(tag.trim()))
}
