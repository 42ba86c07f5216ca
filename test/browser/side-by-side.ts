/** A page for pictures of documents: two screenshots as PNG, each below its name. */
export function sideBySide(pictures: Readonly<Record<string, Buffer | undefined>>): string {
  const figures = Object.entries(pictures).map(
    ([name, picture]) =>
      `<figure><figcaption>${name}</figcaption><img src="data:image/png;base64,${picture?.toString('base64')}"></figure>`,
  )
  return `<!doctype html><style>
body { margin: 0; padding: 24px 28px; display: grid; grid-template-columns: 1fr 1fr; gap: 28px; background: #fff; font: 600 19px system-ui }
figure { margin: 0 } figcaption { padding-bottom: 12px; color: #26221d }
img { width: 100%; border: 1px solid #d9cfbe; border-radius: 10px; display: block }
</style>${figures.join('\n')}`
}
