import type { Datafile, Flag, Holdout, Project, Rule } from '../engine/index.ts'

/** A datafile, and the same compiled. */
export interface TypedDatafile {
  readonly datafile: Datafile
  readonly project: Project
}

/**
 * The lines of a declaration file that tells `turnout/client` and `turnout/react` which flags there are, with the types of
 * their variables and the keys of the variations that may be decided. Equal for datafiles that differ in order alone.
 */
export function flagTypes({ datafile, project }: TypedDatafile): readonly string[] {
  const entries = new Map(datafile.featureFlags.map((entry) => [entry.id, entry]))
  const flags = [...project.flags.values()].toSorted((a, b) => compareKeys(a.key, b.key))
  return [
    `// Made by \`turnout types\` from revision ${literal(project.revision)} of a datafile. To change it, make it again.`,
    "import 'turnout/client'",
    '',
    "declare module 'turnout/client' {",
    '  interface FlagTypes {',
    ...flags.flatMap((flag) => [
      `    ${literal(flag.key)}: {`,
      ...variablesMember(entries.get(flag.id)?.variables ?? []),
      `      variations: ${unionOf(variationKeys(flag, project.holdouts))}`,
      '    }',
    ]),
    '  }',
    '}',
  ]
}

type VariableEntry = Datafile['featureFlags'][number]['variables'][number]

/** Of several variables with one key the last counts, as it does in decisions. */
function variablesMember(variables: readonly VariableEntry[]): readonly string[] {
  if (variables.length === 0) return ['      variables: {}']
  const types = new Map(variables.map(({ key, type }) => [key, typeOf(type)]))
  const members = [...types].toSorted(([a], [b]) => compareKeys(a, b))
  return ['      variables: {', ...members.map(([key, type]) => `        ${literal(key)}: ${type}`), '      }']
}

/** What the engine casts a variable to. */
function typeOf(type: string): string {
  switch (type) {
    case 'boolean':
      return 'boolean'
    case 'integer':
    case 'double':
      return 'number'
    case 'json':
      return 'unknown'
    default:
      return 'string'
  }
}

/** Of the flag's rules, and of the holdouts that may keep a user from them, whether or not they are running now. */
function variationKeys({ variations, experiments, rollout }: Flag, globals: readonly Holdout[]): readonly string[] {
  const rules: readonly Rule[] = [...(experiments ?? []), ...(rollout.kind === 'rules' ? rollout.rules : [])]
  const holdouts = [...globals, ...rules.flatMap(({ localHoldouts }) => localHoldouts)]
  const heldOut = holdouts.flatMap(({ allocation }) =>
    allocation.flatMap(({ destination }) => (destination.kind === 'in' ? [destination.variation] : [])),
  )
  return [...variations, ...heldOut].map(({ key }) => key)
}

function unionOf(keys: readonly string[]): string {
  const members = [...new Set(keys)].toSorted(compareKeys).map(literal)
  return members.join(' | ') || 'never'
}

/** By UTF-16 unit: the same on every machine, whatever its language. */
function compareKeys(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** A string literal. What an editor would not show, or show in another order than it stands, is escaped. */
function literal(text: string): string {
  return JSON.stringify(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
