import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib"
import * as z from "zod"

/** Texts by name. */
export type Texts = Readonly<Record<string, string>>

const schema = z.record(z.string(), z.string())

/**
 * Several texts as one file that neither an editor nor a search shows anything of. No secret: `unseal` is all it takes to
 * open it.
 */
export function seal(texts: Texts): Buffer {
  const text = Buffer.from(JSON.stringify(texts))
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 9,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS, // hundreds of texts are nearly the same
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
  }
  return brotliCompressSync(text, { params })
}

export function unseal(bytes: Buffer): Texts {
  return schema.parse(JSON.parse(brotliDecompressSync(bytes).toString()))
}
