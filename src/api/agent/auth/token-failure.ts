/** Why a token opens nothing, in the words of the Agent. */
export type TokenFailure =
  | 'empty token'
  | 'unexpected signing method'
  | 'invalid token'
  | 'token expired'
  | 'invalid claims: sdk_keys not found, or have the wrong type'
  | "SDK key given in X-Optimizely-Sdk-Key header was not found in the SDK keys in this token's claims"
