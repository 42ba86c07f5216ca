/** In characters. A longer tag that comes in two pieces may be sent before it is known to be sought. */
const LONGEST_USUAL_TAG = 1024
const UNFINISHED = /<(?:$|[a-z](?:[^>=]|=[\t\n\f\r ]*(?:"[^"]*(?:"|$)|'[^']*(?:'|$))|=(?![\t\n\f\r ]*["']))*$)/i

/** Where a tag may begin that the text ends in the middle of; the text's end where none does. */
export function endOfFinished(text: string): number {
  const tail = text.slice(-LONGEST_USUAL_TAG)
  return text.length - tail.length + (UNFINISHED.exec(tail)?.index ?? tail.length)
}
