import { beforeAll, describe, expect, test } from 'vitest'
import { type Ask, startWith, told } from '../support/service.ts'
import { shopDatafile } from '../support/shop-datafile.ts'

let ask: Ask
beforeAll(async () => {
  ask = await startWith(shopDatafile())
})

const DELIVERED = {
  flagKey: 'delivered',
  enabled: true,
  variationKey: 'on',
  ruleKey: 'everyone',
  variables: {},
  userContext: { userId: 'u1', attributes: {} },
  reasons: [],
}

describe('GET / with one feature', () => {
  test('answers a decision in the names of OptimizelyDecision', async () => {
    expect(await told(await ask('/?feature=delivered&userId=u1&key=shop'))).toEqual({ status: 200, body: DELIVERED })
  })

  test('answers variables cast to their types, the variation before the default', async () => {
    expect(await told(await ask('/?feature=tested&userId=u1&key=shop'))).toMatchObject({
      status: 200,
      body: { variationKey: 'bold', variables: { title: 'Hello <b>', limit: 3 } },
    })
  })

  test('answers null for no variation and no rule', async () => {
    expect(await told(await ask('/?feature=off&userId=u1&key=shop'))).toMatchObject({
      status: 200,
      body: { flagKey: 'off', enabled: false, variationKey: null, ruleKey: null, variables: {}, reasons: [] },
    })
  })

  test('explains itself when asked to', async () => {
    const { body } = await told(await ask('/?feature=delivered&userId=u1&key=shop&reasons=true'))
    expect(body).toMatchObject({
      reasons: [
        'Feature delivered is not attached to any experiments.',
        'Evaluating audiences for rule "Everyone Else": [].',
        'Audiences for rule Everyone Else collectively evaluated to TRUE.',
        'User u1 meets conditions for targeting rule Everyone Else.',
        'Assigned bucket 2290 to user with bucketing ID u1.',
        'User u1 bucketed into targeting rule Everyone Else.',
        'User u1 is in rollout of feature delivered.',
      ],
    })
  })

  test('decides with attributes, and gives them back', async () => {
    const attributes = encodeURIComponent('{"plan":"pro","age":7}')
    expect(await told(await ask(`/?feature=targeted&userId=u1&key=shop&attributes=${attributes}`))).toMatchObject({
      body: { enabled: true, ruleKey: 'pros', userContext: { userId: 'u1', attributes: { plan: 'pro', age: 7 } } },
    })
    expect(await told(await ask('/?feature=targeted&userId=u1&key=shop'))).toMatchObject({ body: { enabled: false } })
  })

  test('ignores parameters that it does not know', async () => {
    expect(await told(await ask('/?feature=delivered&userId=u1&key=shop&utm_source=x&utm_source=y'))).toEqual({
      status: 200,
      body: DELIVERED,
    })
  })

  test('is 404 for a flag that the datafile does not have', async () => {
    expect(await told(await ask('/?feature=nope&userId=u1&key=shop'))).toEqual({
      status: 404,
      body: { error: { code: 'unknown_flag', message: 'No flag was found for key "nope".', flagKey: 'nope' } },
    })
  })

  test('is 500 for a flag that cannot be decided, and says why', async () => {
    expect(await told(await ask('/?feature=broken&userId=u1&key=shop'))).toEqual({
      status: 500,
      body: { error: { code: 'flag_failed', message: 'Group ID nowhere is not in datafile.', flagKey: 'broken' } },
    })
  })
})

describe('GET / with several features', () => {
  test('answers an array in the order asked, with an entry for what failed', async () => {
    const { status, body } = await told(
      await ask('/?feature=tested&feature=nope&feature=broken&feature=delivered&userId=u1&key=shop'),
    )
    expect(status).toBe(200)
    expect(body).toMatchObject([
      { flagKey: 'tested', variationKey: 'bold' },
      { flagKey: 'nope', error: { code: 'unknown_flag', message: 'No flag was found for key "nope".' } },
      { flagKey: 'broken', error: { code: 'flag_failed', message: 'Group ID nowhere is not in datafile.' } },
      { flagKey: 'delivered', variationKey: 'on' },
    ])
  })

  test('answers a feature that is asked for twice twice', async () => {
    const { body } = await told(await ask('/?feature=delivered&feature=delivered&userId=u1&key=shop'))
    expect(body).toEqual([DELIVERED, DELIVERED])
  })

  test('answers all flags for *, in the order of the datafile', async () => {
    const { body } = await told(await ask('/?feature=*&userId=u1&key=shop'))
    expect(body).toMatchObject([
      { flagKey: 'delivered' },
      { flagKey: 'tested' },
      { flagKey: 'off' },
      { flagKey: 'broken', error: { code: 'flag_failed' } },
      { flagKey: 'targeted' },
      { flagKey: 'constructor' },
      { flagKey: '__proto__' },
    ])
  })
})

describe('GET / refuses', () => {
  test.each([
    ['nothing at all', '/', ['feature', 'userId', 'key']],
    ['no feature', '/?userId=u1&key=shop', ['feature']],
    ['an empty feature', '/?feature=&userId=u1&key=shop', ['feature']],
    ['one empty feature among others', '/?feature=off&feature=&userId=u1&key=shop', ['feature']],
    ['no userId and no key', '/?feature=off', ['userId', 'key']],
    ['an empty userId', '/?feature=off&userId=&key=shop', ['userId']],
    ['an empty key', '/?feature=off&userId=u1&key=', ['key']],
  ])('%s, naming what is missing', async (_, path, missing) => {
    const { status, body } = await told(await ask(path))
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { code: 'missing_parameter', missing } } })
    expect(JSON.stringify(body)).toContain(`Missing ${missing.join(', ')}. For example: GET /?feature=checkout&userId=`)
  })

  test.each([
    ['a userId given twice', 'userId=u2', 'userId', 'given once'],
    ['a key given twice', 'key=shop', 'key', 'given once'],
    ['attributes given twice', 'attributes={}&attributes={}', 'attributes', 'given once'],
    ['reasons given twice', 'reasons=true&reasons=true', 'reasons', 'given once'],
    ['disableTracking given twice', 'disableTracking=true&disableTracking=false', 'disableTracking', 'given once'],
    ['reasons that are neither true nor false', 'reasons=yes', 'reasons', 'true or false'],
    ['disableTracking that is neither', 'disableTracking=1', 'disableTracking', 'true or false'],
    ['attributes that are not JSON', 'attributes={plan:pro}', 'attributes', 'a JSON object'],
    ['attributes that are an array', 'attributes=[1]', 'attributes', 'a JSON object'],
    ['attributes that are a text', 'attributes="pro"', 'attributes', 'a JSON object'],
    ['attributes that are null', 'attributes=null', 'attributes', 'a JSON object'],
    ['attributes that nest too deep', `attributes={"a":${'['.repeat(40)}${']'.repeat(40)}}`, 'attributes', '32 levels'],
    ['attributes over 16 KiB', `attributes={"a":"${'x'.repeat(16_384)}"}`, 'attributes', 'at most 16384 bytes'],
    ['* beside another feature', 'feature=*', 'feature', '* alone'],
    ['a feature of more than 1,024 characters', `feature=${'f'.repeat(1_025)}`, 'feature', 'at most 1024 characters'],
  ])('%s', async (_, query, parameter, expected) => {
    const { status, body } = await told(await ask(`/?feature=off&userId=u1&key=shop&${query}`))
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { code: 'invalid_parameter', parameter } } })
    expect(JSON.stringify(body)).toContain(expected)
  })

  test('a userId over 1 KiB of UTF-8, and no shorter one', async () => {
    const tooLong = await told(await ask(`/?feature=off&userId=${'é'.repeat(513)}&key=shop`))
    expect(tooLong).toMatchObject({ status: 400, body: { error: { parameter: 'userId' } } })
    const longest = await told(await ask(`/?feature=off&userId=${'é'.repeat(512)}&key=shop`))
    expect(longest.status).toBe(200)
  })

  test('more than 100 features', async () => {
    const features = Array.from({ length: 101 }, (_, index) => `feature=f${index}`).join('&')
    const { status, body } = await told(await ask(`/?${features}&userId=u1&key=shop`))
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { parameter: 'feature' } } })
  })

  test('the user undefined, which is what a program sends that forgot the id', async () => {
    const { status, body } = await told(await ask('/?feature=off&userId=undefined&key=shop'))
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { parameter: 'userId' } } })
  })

  test.each([
    ['unknown', 'nobody'],
    ['malformed: a slash too many characters', 'x'.repeat(65)],
    ['malformed: a dot', 'sh.op'],
    ['malformed: a colon', 'datafile:shop'],
    ['malformed: NUL', '%00'],
    ['malformed: a lone surrogate', '%ED%A0%80'],
    ['malformed: an inherited name with parentheses', 'toString()'],
  ])('an SDK key that is %s, in the same words', async (_, key) => {
    expect(await told(await ask(`/?feature=off&userId=u1&key=${key}`))).toEqual({
      status: 404,
      body: {
        error: {
          code: 'datafile_not_found',
          message:
            'There is no datafile for this SDK key. Check the key, or upload a datafile with PUT /v1/datafiles/{sdkKey}.',
        },
      },
    })
  })
})
