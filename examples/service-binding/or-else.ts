/** How long an answer of this Worker waits for Turnout, which itself waits longer for KV where it has just been started. */
const BUDGET_MS = 50

/** What was asked for; or `otherwise`, where it is not there in time or the call does not come through. Never rejects. */
export function orElse<Value, Otherwise>(asked: Promise<Value>, otherwise: Otherwise): Promise<Value | Otherwise> {
  const late = new Promise<Otherwise>((resolve) => setTimeout(resolve, BUDGET_MS, otherwise))
  return Promise.race([asked.catch(() => otherwise), late])
}
