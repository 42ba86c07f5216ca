import type { UpdateSettings, WebhookProject } from '../admin/update-settings.ts'
import { isJsonObject, type JsonValue, parseJson } from '../base/json.ts'
import { parseSdkKey } from '../store/sdk-key.ts'
import { type Reader, readFormed, readText, readToken } from './read-env.ts'

/** Reads where datafiles are pulled from; `null` where they are not. What is wrong goes to the reader. */
export function readUpdateConfig(reader: Reader, sdkKey: string | null): UpdateSettings | null {
  const urlOf = readFormed(reader, 'DATAFILE_URL', { parse: urlTemplate, expected: TEMPLATE })
  const token = readToken(reader, 'DATAFILE_TOKEN')
  const projects = readProjects(reader)
  if (urlOf === null) {
    const isMissing = projects.size > 0 && reader.value('DATAFILE_URL') === undefined
    if (isMissing) reader.refuse('DATAFILE_URL', `${TEMPLATE}, as WEBHOOK_PROJECTS is set`, 'nothing')
    return null
  }
  const announced = [...projects.values()].flatMap(({ sdkKeys }) => sdkKeys)
  return { urlOf, token, projects, sdkKeys: [...new Set([...(sdkKey === null ? [] : [sdkKey]), ...announced])] }
}

const TEMPLATE = 'an https URL with %s for the SDK key'
const PROJECTS =
  'JSON such as {"42": {"secret": "…", "sdkKeys": ["…"]}}, with a secret or two, and 1 to 20 SDK keys each'

/** Over https, or to this machine while developing; `%s` once, behind the host, in what is sent. */
export function urlTemplate(text: string): ((name: string) => string) | null {
  const parts = text.split('%s')
  const [before = '', after = ''] = parts
  const url = URL.parse(`${before}key${after}`)
  if (parts.length !== 2 || url === null || url.username !== '' || url.password !== '') return null
  const isLocal = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  const isBehindHost = before.startsWith(`${url.origin}/`)
  if (!isBehindHost || !(isLocal || url.protocol === 'https:')) return null
  // In a fragment, or before a `..`, it would be left out, and every key would have the same datafile.
  if (sentOf(url) === sentOf(new URL(`${before}other${after}`))) return null
  return (name) => `${before}${encodeURIComponent(name)}${after}`
}

function sentOf({ pathname, search }: URL): string {
  return pathname + search
}

const NO_PROJECTS: ReadonlyMap<string, WebhookProject> = new Map()

/** Its text is a secret: what was found is not shown. */
function readProjects(reader: Reader): ReadonlyMap<string, WebhookProject> {
  const text = readText(reader, 'WEBHOOK_PROJECTS')
  if (text === null) return NO_PROJECTS
  const projects = parseProjects(text)
  if (projects === null) reader.refuse('WEBHOOK_PROJECTS', PROJECTS, 'something else')
  return projects ?? NO_PROJECTS
}

function parseProjects(text: string): ReadonlyMap<string, WebhookProject> | null {
  const json = parseJson(text, { maxDepth: 8 })
  if (!json.ok || !isJsonObject(json.value)) return null
  const projects = new Map<string, WebhookProject>()
  for (const [projectId, entry] of Object.entries(json.value)) {
    const project = projectOf(entry)
    if (project === null) return null
    projects.set(projectId, project)
  }
  return projects
}

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
