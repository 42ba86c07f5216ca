/** Whether an import failed because there is no such package: the packaged command comes without the large ones. */
export function isNotInstalled(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND'
}
