/// <reference types="vite/types/importMeta.d.ts" />
/** HTML documents, most of them hostile, for whatever touches a page: in Node as in workerd. */
import { documentsOf, type PageDocument } from './read-documents.ts'

export { htmlOf, type PageDocument } from './read-documents.ts'

const texts = import.meta.glob<string>('./*.txt', { query: '?raw', import: 'default', eager: true })

/** Every document, none larger than a few kilobytes. */
export const DOCUMENTS: readonly PageDocument[] = Object.entries(texts).flatMap(([path, text]) =>
  documentsOf(path.replace(/^.*\/|\.txt$/g, ''), text),
)
