/** An app of its own, outside the repository, into which the package has been packed and installed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface PackedApp {
  readonly folder: string
  /** What `npm pack` made. */
  readonly tarball: string
  /** Runs a command in the app, with the Node and npm of the machine: whoever installs the package has no other. */
  run(command: string, ...args: readonly string[]): Promise<Ended>
  /** Runs a script of an installed package with the Node of this process. */
  runScript(path: string, ...args: readonly string[]): Promise<Ended>
  write(files: Readonly<Record<string, string>>): Promise<void>
  remove(): Promise<void>
}

export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What an app has besides, from the repository, under `node_modules`. */
const TOOLS = [
  '@cloudflare/workers-types',
  '@types/react',
  'csstype',
  'esbuild',
  'react',
  'react-dom',
  'typescript',
  'wrangler',
]

/** `npm pack`, as in a fresh clone, and `npm install` of what came out; neither asks a registry. */
export async function installPackage(): Promise<PackedApp> {
  const home = await mkdtemp(join(tmpdir(), 'turnout-packed-'))
  const folder = join(home, 'app')
  await mkdir(folder)
  const packed = await succeeded(runIn(ROOT, 'npm', ['pack', '--silent', '--pack-destination', home]))
  const tarball = join(home, lastLine(packed.stdout))
  const dependencies = await packDependencies(home)
  const manifest = {
    name: 'app',
    private: true,
    type: 'module',
    dependencies: { ...dependencies, turnout: `file:${tarball}` },
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await succeeded(runIn(folder, 'npm', ['install', '--offline', '--no-audit', '--cache', join(home, 'cache')]))
  return {
    folder,
    tarball,
    run: (command, ...args) => runIn(folder, command, args),
    runScript: (path, ...args) => runIn(folder, process.execPath, [join(folder, 'node_modules', path), ...args]),
    write: (files) => writeAll(folder, files),
    remove: () => rm(home, { recursive: true, force: true }),
  }
}

/** Lets the app see packages of the repository, as if they were installed. */
export async function linkTools({ folder }: PackedApp): Promise<void> {
  for (const name of TOOLS) {
    const path = join(folder, 'node_modules', name)
    await mkdir(dirname(path), { recursive: true })
    await rm(path, { force: true })
    await symlink(join(ROOT, 'node_modules', name), path)
  }
}

/** Rejects with everything that it printed, unless it succeeded. */
export async function succeeded(running: Promise<Ended>): Promise<Ended> {
  const ended = await running
  if (ended.exitCode !== 0) throw new Error(`It ended with ${ended.exitCode}:\n${ended.stdout}${ended.stderr}`)
  return ended
}

/** The package's dependencies as the repository has them, each packed, so that npm finds them without a network. */
async function packDependencies(home: string): Promise<Readonly<Record<string, string>>> {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    await readFile(join(ROOT, 'package.json'), 'utf8'),
  )
  const names = Object.keys(dependencies)
  const folders = names.map((name) => join(ROOT, 'node_modules', name))
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', home, ...folders]
  const files = (await succeeded(runIn(home, 'npm', args))).stdout.trim().split('\n')
  return Object.fromEntries(names.map((name, index) => [name, `file:${join(home, files[index] ?? '')}`]))
}

async function runIn(cwd: string, command: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(command, args, { cwd, env: environmentOfUser(), stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) => (await stream.toArray()).join(''))
  const [exitCode] = await once(child, 'close')
  return { exitCode, stdout: (await stdout) ?? '', stderr: (await stderr) ?? '' }
}

/** Without what `npm test` adds: its settings, and the repository's programs. */
function environmentOfUser(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_|INIT_CWD$|NODE_|VITEST|TEST$)/i.test(name),
  )
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  return {
    ...Object.fromEntries(inherited),
    PATH: path.join(delimiter),
    NO_COLOR: '1',
    CI: '1',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
  }
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
}

/** What the package's own scripts print comes first. */
function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
