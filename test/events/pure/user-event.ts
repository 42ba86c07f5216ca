import { compile, type Project, parseDatafile } from '../../../src/engine/index.ts'
import type { UserEvent } from '../../../src/events/event.ts'
import { shopDatafile } from '../../support/shop-datafile.ts'

/** A conversion as it is recorded. */
export function purchase(fields: Partial<UserEvent> = {}): UserEvent {
  return {
    sdkKey: 'shop',
    project: PROJECT,
    userId: 'u1',
    attributes: {},
    ...fields,
    kind: 'conversion',
    eventKey: 'purchase',
    eventId: '77',
    tags: {},
  }
}

const PROJECT = projectOf(shopDatafile())

function projectOf(datafile: object): Project {
  const parsed = parseDatafile(datafile)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return compile(parsed.value.datafile)
}
