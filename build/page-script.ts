/**
 * Takes the code that runs in pages apart into its top-level declarations, minified, one a line:
 * src/pages/browser/generated.ts. To be run after each change in src/pages/browser/page: `node build/page-script.ts`.
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import ts from 'typescript'
import { namesUsedIn } from '../src/pages/browser/pieces.ts'

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
  for (const declaration of declarations) check(declaration, known)
  const exported = Object.fromEntries(source.statements.flatMap(exportsOf))
  return `${HEADER}
/** The name in the script of what the page's code exports. */
export const NAMES = ${JSON.stringify(exported, null, 2)} as const

/** One a line, in the order in which they stand in a script. */
export const DECLARATIONS: readonly string[] = ${JSON.stringify(
    declarations.map(({ code }) => code),
    null,
    2,
  )}
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

/** Pages get the declarations that their text names: as many as the code uses, and no more. */
function check({ name, code, node }: Declaration, known: ReadonlySet<string>): void {
  const found = new Set(namesUsedIn(code, known))
  const used = usedNames(node, known)
  const mistaken = [...known].filter((one) => found.has(one) !== used.has(one))
  if (mistaken.length > 0) throw new Error(`Taken for a name, or not, in ${name}: ${mistaken.join(' ')}`)
}

/** The top-level names in a declaration, its own among them, and one too many where a local variable is called the same. */
function usedNames(declaration: ts.Node, known: ReadonlySet<string>): ReadonlySet<string> {
  const used = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && known.has(node.text) && !isPropertyName(node)) used.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(declaration)
  return used
}

function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node)
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(GENERATED, await generate())
