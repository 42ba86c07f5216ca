import ts from 'typescript'

/** A flag as the declarations have it: every text as TypeScript reads it, every type as written. */
export interface DeclaredFlag {
  readonly variables: ReadonlyMap<string, string>
  readonly variations: readonly string[]
}

/** What TypeScript reads in declarations of flags. Throws where it sees a syntax error or anything else than flags. */
export function readFlagTypes(text: string): ReadonlyMap<string, DeclaredFlag> {
  const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true })
  if (diagnostics.length > 0) throw new Error(ts.flattenDiagnosticMessageText(diagnostics[0]?.messageText, '\n'))
  const file = ts.createSourceFile('flags.d.ts', text, ts.ScriptTarget.Latest)
  const [imported, declared, ...others] = file.statements
  if (imported === undefined || !ts.isImportDeclaration(imported) || others.length > 0)
    throw new Error('More than flags')
  if (declared === undefined || !ts.isModuleDeclaration(declared)) throw new Error('No module')
  if (declared.body === undefined || !ts.isModuleBlock(declared.body)) throw new Error('No block')
  const [flags, ...rest] = declared.body.statements
  if (flags === undefined || !ts.isInterfaceDeclaration(flags) || rest.length > 0) throw new Error('No interface')
  return new Map([...membersOf(flags)].map(([key, type]) => [key, flagOf(type)]))
}

function flagOf(type: ts.TypeNode): DeclaredFlag {
  const members = membersOf(literalOf(type))
  const variables = [...membersOf(literalOf(members.get('variables')))].map(
    ([key, { kind }]) => [key, ts.tokenToString(kind) ?? ''] as const,
  )
  return { variables: new Map(variables), variations: textsOf(members.get('variations')) }
}

function literalOf(type: ts.TypeNode | undefined): ts.TypeLiteralNode {
  if (type === undefined || !ts.isTypeLiteralNode(type)) throw new Error('No object type')
  return type
}

function membersOf({ members }: { readonly members: ts.NodeArray<ts.TypeElement> }): ReadonlyMap<string, ts.TypeNode> {
  return new Map(
    members.map((member) => {
      if (!ts.isPropertySignature(member) || member.type === undefined) throw new Error('No property')
      if (!ts.isStringLiteral(member.name) && !ts.isIdentifier(member.name)) throw new Error('No name')
      return [member.name.text, member.type]
    }),
  )
}

function textsOf(type: ts.TypeNode | undefined): readonly string[] {
  if (type === undefined) throw new Error('No type')
  if (type.kind === ts.SyntaxKind.NeverKeyword) return []
  const members = ts.isUnionTypeNode(type) ? [...type.types] : [type]
  return members.map((member) => {
    if (!ts.isLiteralTypeNode(member) || !ts.isStringLiteral(member.literal)) throw new Error('No literal')
    return member.literal.text
  })
}
