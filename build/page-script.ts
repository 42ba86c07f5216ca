/**
 * Takes the code that runs in pages apart into its top-level declarations, minified, each with the names that it uses:
 * src/pages/browser/generated.ts. To be run after each change in src/pages/browser/page: `node build/page-script.ts`.
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import ts from 'typescript'

export const GENERATED = fileURLToPath(new URL('../src/pages/browser/generated.ts', import.meta.url))

const PAGE = fileURLToPath(new URL('../src/pages/browser/page/', import.meta.url))

/** Names of our own objects in the page: none is on the wire, or one of the platform's. */
const PRIVATE_PROPERTIES = [
  ...['rank', 'isMade', 'isGivenUp', 'seenElements', 'lastElement', 'originals', 'restoredInPass', 'secondBegan'],
  ...['timesRestored', 'slotName', 'wanted', 'current', 'fill', 'slot', 'markTask', 'original', 'written', 'isLeft'],
  ...['insertedNodes', 'isRepeated', 'home'],
]

/** The text of the generated module. */
export async function generate(): Promise<string> {
  const source = ts.createSourceFile('script.js', await bundle(), ts.ScriptTarget.Latest, true, ts.ScriptKind.JS)
  const declarations = source.statements.flatMap(declarationsOf)
  const known = new Set(declarations.map(({ name }) => name))
  const pieces = declarations.map(({ name, code, node }) => [name, code, usedNames(node, name, known)] as const)
  const exported = Object.fromEntries(source.statements.flatMap(exportsOf))
  return `${HEADER}
/** The name in the script of what the page's code exports. */
export const NAMES = ${JSON.stringify(exported, null, 2)} as const

/** In the order in which they stand in a script: a name, its declaration, and the other names that it uses. */
export const PIECES: readonly (readonly [name: string, code: string, uses: string])[] = ${JSON.stringify(pieces, null, 2)}
`
}

const HEADER = `// Made by build/page-script.ts from src/pages/browser/page; not to be edited. A test fails when it is stale.
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: code
`

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${PAGE}script.ts`],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    charset: 'ascii',
    target: 'es2020',
    mangleProps: new RegExp(`^(${PRIVATE_PROPERTIES.join('|')})$`),
  })
  const code = outputFiles[0]?.text
  if (code === undefined) throw new Error('esbuild made no bundle')
  return code
}

interface Declaration {
  readonly name: string
  readonly code: string
  readonly node: ts.Node
}

function declarationsOf(statement: ts.Statement): Declaration[] {
  if (ts.isExportDeclaration(statement)) return []
  if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) {
    return [{ name: statement.name.text, code: statement.getText(), node: statement }]
  }
  if (!ts.isVariableStatement(statement)) throw new Error(`Has to be in a function: ${statement.getText()}`)
  return statement.declarationList.declarations.map((node) => ({
    name: node.name.getText(),
    code: `var ${node.getText()};`,
    node,
  }))
}

function exportsOf(statement: ts.Statement): [exported: string, local: string][] {
  if (!ts.isExportDeclaration(statement)) return []
  const { exportClause } = statement
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return []
  return exportClause.elements.map(({ name, propertyName }) => [name.text, (propertyName ?? name).text])
}

/**
 * The top-level names in a declaration, one too many where a local variable is called the same: a piece too many does
 * no harm.
 */
function usedNames(declaration: ts.Node, ownName: string, known: ReadonlySet<string>): string {
  const used = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && known.has(node.text) && !isPropertyName(node)) used.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(declaration)
  used.delete(ownName)
  return [...used].join(' ')
}

function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node)
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(GENERATED, await generate())
