import type { UpdateSettings, WebhookProject } from '../admin/update-settings.ts'
import { isJsonObject, type JsonValue } from '../base/json.ts'
import { safeUrl } from '../http/anonymous-url.ts'
import { parseSdkKey } from '../store/sdk-key.ts'
import { type Form, mapFromJson, type Reader, readFormed, readToken } from './read-env.ts'

/** Reads where datafiles are pulled from; `null` where they are not. What is wrong goes to the reader. */
export function readUpdateConfig(reader: Reader, sdkKey: string | null): UpdateSettings | null {
  const urlOf = readFormed(reader, 'DATAFILE_URL', { parse: urlTemplate, expected: TEMPLATE })
  const token = readToken(reader, 'DATAFILE_TOKEN')
  const projects = readFormed(reader, 'WEBHOOK_PROJECTS', PROJECTS) ?? NO_PROJECTS
  if (urlOf === null) {
    const isMissing = projects.size > 0 && reader.value('DATAFILE_URL') === undefined
    if (isMissing) reader.refuse('DATAFILE_URL', `${TEMPLATE}, as WEBHOOK_PROJECTS is set`, 'nothing')
    return null
  }
  const announced = [...projects.values()].flatMap(({ sdkKeys }) => sdkKeys)
  return { urlOf, token, projects, sdkKeys: [...new Set([...(sdkKey === null ? [] : [sdkKey]), ...announced])] }
}

const TEMPLATE = 'an https URL with %s for the SDK key'
/** Its text is a secret. */
const PROJECTS: Form<ReadonlyMap<string, WebhookProject>> = {
  parse: (text) => mapFromJson(text, projectOf),
  expected: 'JSON such as {"42": {"secret": "…", "sdkKeys": ["…"]}}, with a secret or two, and 1 to 20 SDK keys each',
  found: 'something else',
}

/** Over https, or to this machine while developing; `%s` once, behind the host, in what is sent. */
export function urlTemplate(text: string): ((name: string) => string) | null {
  const parts = text.split('%s')
  const [before = '', after = ''] = parts
  const url = safeUrl(`${before}key${after}`)
  const isBehindHost = url !== null && before.startsWith(`${url.origin}/`)
  if (parts.length !== 2 || !isBehindHost) return null
  // In a fragment, or before a `..`, it would be left out, and every key would have the same datafile.
  if (sentOf(url) === sentOf(new URL(`${before}other${after}`))) return null
  return (name) => `${before}${encodeURIComponent(name)}${after}`
}

function sentOf({ pathname, search }: URL): string {
  return pathname + search
}

const NO_PROJECTS: ReadonlyMap<string, WebhookProject> = new Map()

function projectOf(entry: JsonValue): WebhookProject | null {
  if (!isJsonObject(entry)) return null
  const secrets = textsOf(entry.secret)
  const sdkKeys = textsOf(entry.sdkKeys)
  const isRight = isBetween(secrets.length, 1, 2) && isBetween(sdkKeys.length, 1, 20)
  return isRight && sdkKeys.every((key) => parseSdkKey(key) !== null) ? { secrets, sdkKeys } : null
}

/** A text counts as a list of one; an empty text is none. */
function textsOf(value: JsonValue | undefined): readonly string[] {
  const texts = Array.isArray(value) ? value : [value]
  return texts.every((text) => typeof text === 'string' && text !== '') ? texts : []
}

function isBetween(count: number, least: number, most: number): boolean {
  return count >= least && count <= most
}
