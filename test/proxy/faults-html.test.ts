/** What becomes of the HTML of a page with an experiment, and of all others. Rows of the list of known faults. */
import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { told } from './client.ts'
import {
  CHANGES,
  EDGE_CHANGES,
  edited,
  experimentDatafile,
  oursIn,
  RETURNING,
  startExperiment,
  USER_AGENT,
  withoutOurs,
} from './experiment.ts'
import { CHARSET_PAGES, PAGE } from './pages.ts'
import { storeDatafile } from './worker.ts'

const { visit, visitPlain, askOrigin, origin } = await startExperiment(afterAll, {
  experiment: { forcedVariations: { 'in-off': 'off' } },
})

function serve(path: string, html: string, headers: Readonly<Record<string, string>> = {}): void {
  origin.on(path, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(html)
  })
}

describe('row 6: text that looks like a tag', () => {
  it.each([
    ['in a script', '<!doctype html><html><head><script>var a = "</head><head>"</script></head><body>x</body></html>'],
    ['in a script, without a head', '<!doctype html><script>var a = "</head>"</script><p>x'],
    ['in a comment', '<!doctype html><!-- <head> </head> --><html><head><title>x</title></head></html>'],
    ['in an attribute', '<!doctype html><html data-a="<head>"><head><title>x</title></head></html>'],
    ['in a title', '<!doctype html><title><head></head></title><p>x'],
    ['in a textarea', '<!doctype html><body><textarea><head></head></textarea>'],
  ])('%s is left alone', async (name, html) => {
    const path = `/looks-like/${name.replaceAll(' ', '-')}`
    serve(path, html)
    const answer = await visit(path, RETURNING)
    expect(withoutOurs(answer)).toBe(html)
    expect(oursIn(answer)[0]).toContain('letter-spacing')
  })
})

describe('row 8: text of the request', () => {
  const EVIL = '</script><script>alert(1)</script><img src=x onerror=alert(1)>'

  it.each([
    ['the query', `/page.html?q=${encodeURIComponent(EVIL)}&turnout_force=${encodeURIComponent(EVIL)}`, {}],
    ['the path', `/${encodeURIComponent(EVIL)}`, {}],
    ['the visitor cookie', '/page.html', { cookie: `turnout_visitor=${EVIL}` }],
    ['an encoded visitor cookie', '/page.html', { cookie: `turnout_visitor=${encodeURIComponent(EVIL)}` }],
    ['other cookies', '/page.html', { cookie: `turnout_visitor=visitor-1; turnout_sticky=${EVIL}; a=${EVIL}` }],
    ['the referrer', '/page.html', { referer: `https://shop.example/?${EVIL}` }],
    ['the user agent', '/page.html', { 'user-agent': `${USER_AGENT} ${EVIL}` }],
    ['the language', '/page.html', { 'accept-language': EVIL }],
  ])('in %s does not come to stand in the page', async (_, path, headers) => {
    const answer = await visit(path, { ...RETURNING, ...headers })
    expect(withoutOurs(answer)).toBe(edited(PAGE))
    expect(oursIn(answer)).toEqual(oursIn(await visit('/page.html', RETURNING)))
  })
})

describe('row 9: where nothing applies, nothing is added', () => {
  it('to a page without an experiment', async () => {
    expect(told(await visitPlain('/page.html'))).toEqual(told(await askOrigin('/page.html')))
  })

  it('to the body of a page in a variation without changes', async ({ onTestFinished }) => {
    const experiment = { forcedVariations: { 'in-off': 'off' } }
    const onEdge = await startExperiment(onTestFinished, { changes: EDGE_CHANGES, experiment })
    expect((await onEdge.visit('/page.html', { cookie: 'turnout_visitor=in-off' })).text).toBe(PAGE)
  })

  it('to the same but its report, where the others need the browser', async () => {
    const answer = await visit('/page.html', { cookie: 'turnout_visitor=in-off' })
    expect(withoutOurs(answer)).toBe(Buffer.from(PAGE).toString('latin1'))
    const added = oursIn(answer)
    expect([added.length, gzipSync(added.join('')).length < 300]).toEqual([1, true])
    expect(added[0]).toContain('"experimentId":"e1","variationId":"v-off"')
  })

  it('to a page of an experiment but what it does', async () => {
    const added = oursIn(await visit('/page.html', RETURNING)).join('')
    expect(added).toContain('.hero{letter-spacing:.02em}')
    expect(added).toContain('document.title = "Edited"')
    expect(gzipSync(added).length).toBeLessThan(1_500 + JSON.stringify(CHANGES).length)
  })
})

describe('row 10: what is in the datafile for others', () => {
  it('never leaves the edge', async ({ onTestFinished }) => {
    const site = await startExperiment(onTestFinished, {
      experiment: {
        audienceIds: [],
        forcedVariations: { 'secret-person': 'secret-variation' },
        variations: [
          { id: 'v-on', key: 'on', actions: [{ pageId: 'p1', changes: [{ type: 'custom_css', value: '.a{top:0}' }] }] },
          {
            id: 'v-2',
            key: 'secret-variation',
            actions: [{ pageId: 'p1', changes: [{ type: 'custom_css', value: '.secret-css{top:0}' }] }],
          },
        ],
      },
      datafile: {
        typedAudiences: [
          {
            id: 'secret-audience-id',
            name: 'secret-audience',
            conditions: [
              'or',
              { type: 'custom_attribute', name: 'secret-name', match: 'exact', value: 'secret-value' },
            ],
          },
        ],
      },
    })
    const answer = await site.visit('/page.html', RETURNING)
    expect(answer.text).toContain('.a{top:0}')
    expect(JSON.stringify(answer.headers) + answer.text).not.toContain('secret')
  })
})

describe('row 12: a charset', () => {
  it.each(Object.keys(CHARSET_PAGES))('%s, said by the server, keeps every byte outside the edits', async (label) => {
    const answer = await visit(`/charset/${label}`, RETURNING)
    const page = CHARSET_PAGES[label] ?? ''
    expect([edited(page), Buffer.from(page).toString('latin1')]).toContain(withoutOurs(answer))
    expect(answer.header('content-type')).toBe(`text/html; charset=${label}`)
  })

  it.each(Object.keys(CHARSET_PAGES))('%s, said by the page, keeps every byte outside the edits', async (label) => {
    const answer = await visit(`/meta-charset/${label}`, RETURNING)
    const page = CHARSET_PAGES[label] ?? ''
    expect([edited(page), Buffer.from(page).toString('latin1')]).toContain(withoutOurs(answer))
  })

  it.each(['windows-1252', 'shift_jis', 'utf-8'])('%s does not keep a page from being edited', async (label) => {
    expect(withoutOurs(await visit(`/charset/${label}`, RETURNING))).toBe(edited(CHARSET_PAGES[label] ?? ''))
  })
})

describe('row 14: a policy', () => {
  const policyOf = async (policy: string) => {
    const path = `/policy/${createHash('md5').update(policy).digest('hex')}`
    serve(path, PAGE, { 'content-security-policy': policy })
    const answer = await visit(path, RETURNING)
    const script = oursIn(answer).find((element) => element.startsWith('<script'))
    return { policy: answer.header('content-security-policy'), script, answer }
  }

  it('with a nonce has it reused, and stays', async () => {
    const given = "script-src 'nonce-abc123'; style-src 'nonce-abc123'"
    const { policy, script, answer } = await policyOf(given)
    expect([policy, answer.header('etag')]).toEqual([given, null])
    expect(script).toContain('nonce="abc123"')
  })

  it('without one is given the hash of exactly the script', async () => {
    const { policy, script } = await policyOf("default-src 'self'")
    const [, text = ''] = /^<script[^>]*>([\s\S]*)<\/script>$/.exec(script ?? '') ?? []
    expect(policy).toContain(`'sha256-${createHash('sha256').update(text).digest('base64')}'`)
    expect(policy).not.toContain('unsafe-inline')
  })

  it('that allows every inline script is given no hash, which would forbid the others', async () => {
    const given = "script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'"
    expect(await policyOf(given)).toMatchObject({ policy: given, script: expect.stringContaining('document.title') })
  })
})

describe('row 19: a selector that is none', () => {
  it('leaves the page whole', async ({ onTestFinished }) => {
    const site = await startExperiment(onTestFinished)
    const changes = [{ type: 'attribute', selector: 'h1[', attributes: { text: 'x' } }]
    storeDatafile(site.kv, { ...experimentDatafile({ changes }), revision: '2' }, 2)
    const answer = await site.visit('/page.html', RETURNING)
    expect([edited(PAGE), Buffer.from(PAGE).toString('latin1')]).toContain(withoutOurs(answer))
  })

  it('is refused with the datafile that it stands in', async ({ onTestFinished }) => {
    const site = await startExperiment(onTestFinished, { variables: { ADMIN_TOKEN: 't' } })
    const changes = [{ type: 'attribute', selector: 'h1[', attributes: { text: 'x' } }]
    const answer = await site.ask('/_turnout/v1/datafiles/shop', {
      method: 'PUT',
      headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
      body: JSON.stringify({ ...experimentDatafile({ changes }), revision: '2' }),
    })
    expect(answer.status).toBe(422)
    expect(answer.text).toContain('selector')
  })
})

describe('row 23: a move', () => {
  it('is made in the browser, and not dropped', async ({ onTestFinished }) => {
    const changes = [{ type: 'rearrange', selector: '#row-9', insertSelector: '#row-1', operator: 'before' }]
    const site = await startExperiment(onTestFinished, { changes })
    const answer = await site.visit('/page.html', RETURNING)
    expect(withoutOurs(answer)).toBe(Buffer.from(PAGE).toString('latin1'))
    expect(oursIn(answer).join('')).toMatch(/#row-9[\s\S]*#row-1/)
  })
})

describe('an encoded page (F29)', () => {
  it.each(['gzip', 'br', 'identity'])('in %s is edited', async (name) => {
    expect(withoutOurs(await visit(`/encoded/${name}`, RETURNING))).toBe(edited(PAGE))
  })

  it.each(['deflate', 'zstd', 'gzip,br', 'br,gzip'])('in %s goes on as it came', async (names) => {
    const path = `/encoded/${names}`
    expect((await visit(path, RETURNING)).body).toEqual((await askOrigin(path)).body)
  })

  it('goes on encoded where no experiment is', async () => {
    const answer = await visitPlain('/encoded/gzip', { 'accept-encoding': 'gzip' })
    expect(gunzipSync(answer.body).toString()).toBe(PAGE)
  })
})
