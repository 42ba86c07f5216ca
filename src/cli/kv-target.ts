import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { isJsonObject } from '../base/json.ts'
import type { KvEntry, KvMetadata, KvNamespace } from '../store/kv.ts'
import { homeFolder } from './home.ts'
import { maxDatafileBytesOf } from './max-datafile-bytes.ts'
import { QUIET, runWrangler } from './wrangler.ts'

/** A KV namespace outside a Worker, to be closed when done. */
export interface KvTarget {
  /** For messages: which namespace this is. */
  readonly name: string
  readonly kv: KvNamespace
  /** The limit of the Worker that reads it. */
  readonly maxDatafileBytes: number
  close(): Promise<void>
}

const BINDING = 'DATAFILES'

/** The KV that `wrangler dev` keeps beside a wrangler.toml. May be opened while it runs. */
export async function openLocalKv(config: string): Promise<KvTarget> {
  Object.assign(process.env, QUIET)
  // Imported late: it reads the environment and takes a second, which nothing else here needs.
  const { getPlatformProxy } = await import('wrangler')
  const configPath = resolve(homeFolder(), config)
  const { env, dispose } = await getPlatformProxy<Record<string, unknown>>({
    configPath,
    persist: { path: join(dirname(configPath), '.wrangler/state/v3') },
    remoteBindings: false,
  })
  try {
    const kv = env[BINDING]
    if (!isKvNamespace(kv)) throw new Error(`${config} does not bind a KV namespace to ${BINDING}`)
    return { name: `the local KV of ${config}`, kv, maxDatafileBytes: maxDatafileBytesOf(env), close: dispose }
  } catch (cause) {
    await dispose()
    throw cause
  }
}

/** The deployed namespace that a wrangler.toml binds, through wrangler and its login. */
export async function openRemoteKv(config: string): Promise<KvTarget> {
  Object.assign(process.env, QUIET)
  const { unstable_readConfig } = await import('wrangler')
  const configPath = resolve(homeFolder(), config)
  const { vars } = unstable_readConfig({ config: configPath }, { hideWarnings: true })
  const target = ['--binding', BINDING, '--remote', '--config', configPath]
  return {
    name: `the deployed KV of ${config}`,
    maxDatafileBytes: maxDatafileBytesOf(vars),
    kv: {
      getWithMetadata: (key) => readRemote(key, target),
      put: (key, value, options) => writeRemote({ key, value, metadata: options?.metadata ?? null }, target),
    },
    close: async () => {},
  }
}

function isKvNamespace(value: unknown): value is KvNamespace {
  return typeof value === 'object' && value !== null && 'getWithMetadata' in value && 'put' in value
}

/** wrangler reads a value without its metadata and lists metadata without values: it takes both. */
async function readRemote(key: string, target: readonly string[]): Promise<KvEntry> {
  const listed: unknown = JSON.parse(await runWrangler(['kv', 'key', 'list', '--prefix', key, ...target]))
  const entry = Array.isArray(listed) ? listed.filter(isJsonObject).find(({ name }) => name === key) : undefined
  if (entry === undefined) return { value: null, metadata: null }
  // Without --text, which would add a line feed.
  const value = await runWrangler(['kv', 'key', 'get', key, ...target])
  return { value, metadata: entry.metadata ?? null }
}

interface RemoteWrite {
  readonly key: string
  readonly value: string
  readonly metadata: KvMetadata | null
}

/** By way of a file, because a datafile may be longer than a command line. */
async function writeRemote({ key, value, metadata }: RemoteWrite, target: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'turnout-push-'))
  try {
    const path = join(folder, 'value.json')
    await writeFile(path, value)
    const stamp = metadata === null ? [] : ['--metadata', JSON.stringify(metadata)]
    await runWrangler(['kv', 'key', 'put', key, '--path', path, ...stamp, ...target])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
