/** Pieces of bytes as one; the piece itself where there is one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  if (first !== undefined && pieces.length === 1) return first
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** What comes in the place of some bytes. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly bytes: Uint8Array
}

/** Bytes with others in the place of some, in order; `room` tells how many behind them may be written over, as these may. */
export function splice(bytes: Uint8Array, splices: readonly Splice[], room: number): Uint8Array {
  let growth = 0
  let isGrowing = room > 0
  for (const { start, end, bytes: put } of splices) {
    growth += put.length - (end - start)
    isGrowing &&= growth >= 0 && growth <= room
  }
  return isGrowing ? moved(bytes, splices, growth) : rebuilt(bytes, splices)
}

/** From the end on, so that nothing is written over that has still to be moved. */
function moved({ buffer, byteOffset, length }: Uint8Array, splices: readonly Splice[], growth: number): Uint8Array {
  const whole = new Uint8Array(buffer, byteOffset, length + growth)
  let until = length
  let target = whole.length
  for (const { start, end, bytes: put } of splices.toReversed()) {
    target -= until - end
    whole.copyWithin(target, end, until)
    target -= put.length
    whole.set(put, target)
    until = start
  }
  return whole
}

function rebuilt(bytes: Uint8Array, splices: readonly Splice[]): Uint8Array {
  let at = 0
  const pieces = splices.flatMap(({ start, end, bytes: put }) => {
    const piece = bytes.subarray(at, start)
    at = end
    return [piece, put]
  })
  return joined([...pieces, bytes.subarray(at)])
}
