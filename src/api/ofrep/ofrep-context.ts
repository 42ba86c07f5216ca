import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { type DecisionRequest, isLongerThan, REQUEST_LIMITS } from '../decision-request.ts'
import { flatten } from './flatten.ts'
import { type RefusedEvaluation, refused } from './ofrep-failure.ts'

/** For whom flags are evaluated. */
export interface OfrepContext extends Pick<DecisionRequest, 'userId' | 'attributes' | 'disableTracking'> {
  /** As it came: an entity tag depends on all of it. */
  readonly received: JsonObject
}

type Parsed = Result<OfrepContext, RefusedEvaluation>

/** Parses the body of an evaluation. `targetingKey` is the user, `disableTracking` is ours, everything else an attribute. */
export function parseOfrepBody(body: JsonValue | undefined): Parsed {
  if (!isJsonObject(body)) return err(refused('PARSE_ERROR', 'Expected the body to be a JSON object.'))
  const { context = NO_CONTEXT } = body
  return isJsonObject(context) ? parseContext(context) : invalid('context', 'a JSON object')
}

const NO_CONTEXT: JsonObject = {}

function parseContext(received: JsonObject): Parsed {
  const { targetingKey, disableTracking = false, ...fields } = received
  // The SDKs refuse the text, because it is what a program writes that forgot to set the id.
  if (typeof targetingKey !== 'string' || targetingKey === '' || targetingKey === 'undefined') {
    return err(refused('TARGETING_KEY_MISSING', 'Expected targetingKey to be the id of the user, a string.'))
  }
  const { userIdBytes, attributesBytes } = REQUEST_LIMITS
  if (isLongerThan(targetingKey, userIdBytes)) return invalid('targetingKey', atMost(userIdBytes))
  if (typeof disableTracking !== 'boolean') return invalid('disableTracking', 'true or false')
  const attributes = flatten(fields, attributesBytes)
  if (attributes === null || isLongerThan(JSON.stringify(attributes), attributesBytes)) {
    return invalid('the attributes, with nested names written out,', atMost(attributesBytes))
  }
  return ok({ userId: targetingKey, attributes, disableTracking, received })
}

function atMost(bytes: number): string {
  return `at most ${bytes} bytes of UTF-8`
}

function invalid(what: string, expected: string): Parsed {
  return err(refused('INVALID_CONTEXT', `Expected ${what} to be ${expected}.`))
}
