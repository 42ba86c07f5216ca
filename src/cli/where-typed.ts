type Environment = Readonly<Record<string, string | undefined>>

/** The scripts of package.json that take paths. */
const SCRIPTS: ReadonlySet<string | undefined> = new Set(['push', 'turnout', 'start'])

/** The folder that paths on a command line are relative to: npm runs scripts in the repository, wherever they were typed. */
export function whereTyped({ INIT_CWD, npm_lifecycle_event: script }: Environment): string {
  return SCRIPTS.has(script) && INIT_CWD ? INIT_CWD : '.'
}
