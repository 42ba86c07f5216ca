/** The same request as if what is mounted at `mount` were at the root, or `null` for one that is not for it. */
export function underMount(request: Request, mount: string): Request | null {
  const url = new URL(request.url)
  if (url.pathname !== mount && !url.pathname.startsWith(`${mount}/`)) return null
  url.pathname = url.pathname.slice(mount.length)
  return new Request(url.href, request)
}
