/** All that a script can be made of. The build takes it apart, so that a page gets no more than it needs. */
export { start } from './apply.ts'
export { code } from './code.ts'
export { companionHooks } from './keep.ts'
export { navigate, runCode } from './navigate.ts'
export { isAwaiting, isBarred } from './order.ts'
export { reporter, send } from './report.ts'
export { insert, rearrange, remove, watch } from './structure.ts'
export { attributes, html, style, text } from './values.ts'
