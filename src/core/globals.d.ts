// The whole platform that core may assume: what Node, browsers and workers all have.
// Everything else (files, network, clocks, compression) arrives as a parameter.
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(input?: Uint8Array, options?: { stream?: boolean }): string
}
declare class TextEncoder {
  encode(input?: string): Uint8Array
  encodeInto(input: string, destination: Uint8Array): { read: number; written: number }
}
