import fc from "fast-check"
import { check, forAll, group, holds, refuses, same, show } from "#suite"
import type { RespValue } from "../../projects/01-kv-server/contract.ts"
import { array, bulk, bytes, decode, integer, latin1, nothing, project, simple, told } from "./project.ts"

const written: readonly (readonly [value: RespValue, wire: string])[] = [
  [simple("OK"), "+OK\r\n"],
  [{ type: "error", value: "ERR no" }, "-ERR no\r\n"],
  [integer(42), ":42\r\n"],
  [integer(-9223372036854775808n), ":-9223372036854775808\r\n"],
  [bulk("hello"), "$5\r\nhello\r\n"],
  [bulk(""), "$0\r\n\r\n"],
  [nothing, "$-1\r\n"],
  [array(bulk("GET"), bulk("x")), "*2\r\n$3\r\nGET\r\n$1\r\nx\r\n"],
  [array(), "*0\r\n"],
  [array(integer(1), array(simple("a"), nothing), array()), "*3\r\n:1\r\n*2\r\n+a\r\n$-1\r\n*0\r\n"],
]

/** Everything a stream can carry; arrays not nested too deep for the default limits. */
const { value: anyValue } = fc.letrec<{ value: RespValue; leaf: RespValue }>((tie) => {
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
  const line = fc.string({ unit: byte.filter((char) => !/[\r\n]/.test(char)) })
  return {
    leaf: fc.oneof(
      line.map(simple),
      line.map((text): RespValue => ({ type: "error", value: text })),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(integer),
      fc.string({ unit: fc.oneof(byte, fc.constantFrom("\r", "\n", "$", "*")) }).map(bulk),
      fc.constant(nothing),
    ),
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      tie("leaf"),
      fc.array(tie("value"), { maxLength: 4 }).map((items) => array(...items)),
    ),
  }
})

/** The suite's own writing, straight from the protocol's definition. */
function wireOf(value: RespValue): string {
  switch (value.type) {
    case "simple":
      return `+${value.value}\r\n`
    case "error":
      return `-${value.value}\r\n`
    case "integer":
      return `:${value.value}\r\n`
    case "bulk":
      return `$${String(value.value.length)}\r\n${value.value}\r\n`
    case "null":
      return "$-1\r\n"
    case "array":
      return `*${String(value.items.length)}\r\n${value.items.map(wireOf).join("")}`
  }
}

/** Cuts `data` at the given fractions of its length. */
function cut(data: Uint8Array, at: readonly number[]): readonly Uint8Array[] {
  const places = [0, ...at.map((part) => Math.floor(part * (data.length + 1))), data.length].toSorted(
    (a, b) => a - b,
  )
  return places.slice(1).map((end, i) => data.slice(places[i], end))
}

group("1a", "Framing", () => {
  check("1a.1", [1], "encode writes a simple string", () => {
    same(latin1(project.encode(simple("OK"))), "+OK\r\n", 'encode { type: "simple", value: "OK" }')
  })

  check("1a.2", [1], "encode writes every kind of message", () => {
    for (const [value, wire] of written) same(latin1(project.encode(value)), wire, `encode ${show(value)}`)
  })

  check("1a.3", [2], "a bulk string's length is its number of bytes, whatever the bytes", () => {
    const text = Buffer.from("naïve €", "utf8").toString("latin1")
    const wire = Buffer.concat([Buffer.from("$10\r\n"), Buffer.from("naïve €", "utf8"), Buffer.from("\r\n")])
    same(
      latin1(project.encode(bulk(text))),
      latin1(wire),
      "encode a bulk string with the UTF-8 bytes of “naïve €”",
    )
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i))
    same(latin1(project.encode(bulk(all))), `$256\r\n${all}\r\n`, "encode a bulk string of all 256 bytes")
  })

  check("1a.4", [3], "encode refuses a character that is not a byte", () => {
    refuses(() => project.encode(bulk("10 €")), "RangeError", ["€"], "encode a bulk string that contains “€”")
    refuses(
      () => project.encode(bulk("a 😀")),
      "RangeError",
      ["😀"],
      "encode a bulk string that contains “😀”",
    )
    refuses(() => project.encode(simple("€")), "RangeError", ["€"], "encode a simple string “€”")
    refuses(() => project.encode({ type: "error", value: "€" }), "RangeError", ["€"], "encode an error “€”")
    refuses(
      () => project.encode(array(bulk("a"), bulk("\u0100"))),
      "RangeError",
      [],
      "an array with U+0100 inside",
    )
  })

  check("1a.5", [4], "line ends in an error or a simple string cannot fake a second message", () => {
    const error = latin1(project.encode({ type: "error", value: "ERR unknown command 'x\r\n+OK'" }))
    same(error, "-ERR unknown command 'x  +OK'\r\n", "encode an error whose text contains \\r\\n")
    same(
      latin1(project.encode(simple("a\nb\rc"))),
      "+a b c\r\n",
      "encode a simple string with \\n and \\r inside",
    )
  })

  check("1a.6", [5], "the decoder reads every kind of message", () => {
    for (const [value, wire] of written)
      same(decode([bytes(wire)]), { values: [value], error: null }, show(wire))
    same(decode([bytes("*-1\r\n")]).values, [nothing], "“*-1\\r\\n”, the null array")
    same(
      decode([bytes(":+5\r\n:-0\r\n:00000000000000000000007\r\n")]).values,
      [integer(5), integer(0), integer(7)],
      ":+5 :-0 :007",
    )
  })

  check("1a.7", [6], "half a message gives nothing; the other half completes it", () => {
    const [first, second] = [bytes("*2\r\n$4\r\nEC"), bytes("HO\r\n$2\r\nhi\r\n")]
    same(decode([first]), { values: [], error: null }, `only the chunk ${told(first)}`)
    same(
      decode([first, second]).values,
      [array(bulk("ECHO"), bulk("hi"))],
      `${told(first)}, then ${told(second)}`,
    )
  })

  check("1a.8", [6], "one chunk may hold many messages, and end in the middle of one", () => {
    const wire = bytes("+a\r\n+b\r\n$1\r\nc\r\n:4\r\n+e")
    const values = [simple("a"), simple("b"), bulk("c"), integer(4)]
    same(decode([wire]).values, values, told(wire))
    same(decode([wire, bytes("\r\n")]).values, [...values, simple("e")], `${told(wire)}, then "\\r\\n"`)
  })

  check("1a.9", [6], "byte by byte, the messages are the same", () => {
    for (const [value, wire] of written) {
      const chunks = wire.split("").map(bytes)
      same(decode(chunks), { values: [value], error: null }, `${show(wire)}, one byte at a time`)
    }
  })

  check("1a.10", [6, 7], "cut anywhere, any stream of messages comes out as it went in", () => {
    const example = fc.record({
      values: fc.array(anyValue, { minLength: 1, maxLength: 5 }),
      at: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 6 }),
    })
    forAll(
      example,
      ({ values, at }) => {
        const chunks = cut(bytes(values.map(wireOf).join("")), at)
        same(decode(chunks), { values, error: null }, chunks.map(told).join(", then "))
      },
      () => "messages in chunks",
      300,
    )
  })

  check("1a.11", [7], "a bulk string may contain line ends and whole messages", () => {
    const inner = "a\r\nb\r\n$3\r\nfoo\r\n"
    const wire = `$${String(inner.length)}\r\n${inner}\r\n+next\r\n`
    same(decode([bytes(wire)]).values, [bulk(inner), simple("next")], show(wire))
    same(
      decode([bytes("$2\r\n\r"), bytes("\n\r\n")]).values,
      [bulk("\r\n")],
      "a bulk string that is a line end, cut in two",
    )
  })

  check(
    "1a.12",
    [2],
    "a bulk string is bytes, not characters: UTF-8 cut in the middle of a character",
    () => {
      const euro = [...Buffer.from("$3\r\n€\r\n", "utf8")].map((byte) => Uint8Array.of(byte))
      same(decode(euro).values, [bulk("\u00e2\u0082\u00ac")], "“$3\\r\\n€\\r\\n” in UTF-8, byte by byte")
      same(
        decode([bytes("$2\r\n\u00ff\u00fe\r\n")]).values,
        [bulk("\u00ff\u00fe")],
        "bytes ff fe, which are no UTF-8",
      )
    },
  )

  check("1a.13", [8], "inline commands: words between blanks", () => {
    const set = array(bulk("SET"), bulk("k"), bulk("v"))
    same(decode([bytes("SET k v\r\n")]).values, [set], "“SET k v\\r\\n”")
    const grave = array(bulk("SET"), bulk("k"), bulk("\u00c3\u00a0"))
    same(
      decode([bytes("SET k \u00c3\u00a0\r\n")]).values,
      [grave],
      "“SET k à” in UTF-8, whose second byte is A0",
    )
    const quoted = array(bulk("ECHO"), bulk('"a'), bulk('b"'))
    same(decode([bytes('ECHO "a b"\r\n')]).values, [quoted], 'ECHO "a b": quotes mean nothing special')
    same(
      decode([bytes("  SET  k\tv \r\nPING\r\n")]).values,
      [set, array(bulk("PING"))],
      "several blanks and a tab",
    )
    same(
      decode([bytes("PI"), bytes("NG\r"), bytes("\n")]).values,
      [array(bulk("PING"))],
      "“PING\\r\\n” in three chunks",
    )
  })

  check("1a.14", [8], "an inline command may end with a bare line feed; an empty line is nothing", () => {
    same(
      decode([bytes("PING\nPING\n")]).values,
      [array(bulk("PING")), array(bulk("PING"))],
      "“PING\\nPING\\n”",
    )
    same(decode([bytes("\r\n\n  \r\nPING\r\n")]).values, [array(bulk("PING"))], "empty lines, then “PING”")
  })

  const broken = [
    ["$x\r\n", "a length that is no number"],
    ["$-2\r\n", "a negative length"],
    ["$+3\r\nabc\r\n", "a length with a plus sign"],
    ["$1.5\r\n", "a length with a fraction"],
    ["*abc\r\n", "an array length that is no number"],
    ["*-5\r\n", "a negative array length"],
    ["$3\r\nabcde\r\n", "a bulk string that is longer than it says"],
    ["$3\r\nabc\n\r", "a bulk string that ends with \\n\\r"],
    [":12a\r\n", "an integer with a letter"],
    [":\r\n", "an empty integer"],
    [":0x10\r\n", "a hexadecimal integer"],
    [": 5\r\n", "an integer behind a blank"],
    [":-9223372036854775809\r\n", "an integer below the 64-bit range"],
    ["$\r\n", "an empty length"],
    ["$0x3\r\nabc\r\n", "a hexadecimal length"],
    ["$1e1\r\n", "a length with an exponent"],
    ["$3\nabc\r\n", "a length that ends without \\r"],
    ["$3\r\nabc\rX", "a bulk string followed by \\r and no \\n"],
    ["PI\u0001NG\r\n", "a control byte in an inline command"],
    [":9223372036854775808\r\n", "an integer that needs more than 64 bits"],
    ["+OK\n", "a line that ends without \\r"],
    ["*2\r\n$1\r\na\r\nhello\r\n", "an inline command inside an array"],
    ["\u0016\u0003\u0001\u0002\u0000\r\n", "unprintable bytes: the start of a TLS connection"],
  ] as const

  check("1a.15", [9], "garbage is a protocol error, told as data", () => {
    for (const [wire, what] of broken) {
      const { values, error } = decode([bytes(wire)])
      holds(
        values.length === 0 && error?.startsWith("Protocol error") === true,
        `${show(wire)}: ${what}`,
        "no values, and an error that begins with “Protocol error”",
        show({ values, error }),
      )
    }
  })

  check("1a.16", [9], "messages before the garbage still count", () => {
    const { values, error } = decode([bytes("+a\r\n:1\r\n$oops\r\n+b\r\n")])
    same(values, [simple("a"), integer(1)], "“+a\\r\\n:1\\r\\n$oops\\r\\n+b\\r\\n”: the values")
    holds(error !== null, "“+a\\r\\n:1\\r\\n$oops\\r\\n+b\\r\\n”", "an error", "null")
  })

  check("1a.17", [9], "after an error the decoder is done: no more values, the same error", () => {
    const decoder = new project.RespDecoder()
    const { error } = decoder.push(bytes("$oops\r\n"))
    same(decoder.push(bytes("+OK\r\n")), { values: [], error }, "“$oops\\r\\n”, then “+OK\\r\\n”")
  })

  check("1a.18", [10], "what is too big is refused when it is announced, not when it has arrived", () => {
    const limits = { maxLineBytes: 20, maxBulkBytes: 10, maxItems: 3, maxDepth: 2 }
    const tooBig = [
      ["$11\r\n", "a bulk string of 11 bytes announced"],
      ["*4\r\n", "an array of 4 announced"],
      ["*1\r\n*1\r\n*1\r\n", "three arrays inside one another"],
      ["*1\r\n*1\r\n*0\r\n", "an empty array in two others"],
      ["+12345678901234567890\r\n", "a line of 21 bytes"],
      ["12345678901234 word 22\r\n", "an inline command of 22 bytes"],
      ["+123456789012345678901", "21 bytes of a line that has not ended"],
      ["+123456789012345678901\r\n", "a line of 22 bytes"],
    ] as const
    for (const [wire, what] of tooBig) {
      const { error } = decode([bytes(wire)], limits)
      holds(
        error?.startsWith("Protocol error") ?? false,
        `limits ${show(limits)}; ${what}`,
        "a protocol error",
        show(error),
      )
    }
    holds(
      decode([bytes("$999999999999\r\n")], { maxDepth: 2 }).error !== null,
      "only maxDepth given; “$999999999999”",
      "a protocol error",
      "null",
    )
    const beyond = ["$16777217\r\n", "*65537\r\n", "*1\r\n".repeat(9), `+${"x".repeat(65_536)}\r\n`]
    for (const wire of beyond) {
      holds(
        decode([bytes(wire)]).error !== null,
        `default limits; ${show(wire.slice(0, 40))}`,
        "a protocol error",
        "null",
      )
    }
    for (const wire of ["*1000000000\r\n", "$999999999999\r\n"]) {
      holds(decode([bytes(wire)]).error !== null, `default limits; ${show(wire)}`, "a protocol error", "null")
    }
  })

  check("1a.19", [10], "what just fits is fine", () => {
    const limits = { maxLineBytes: 20, maxBulkBytes: 10, maxItems: 3, maxDepth: 2 }
    const wire = "$10\r\n0123456789\r\n*3\r\n:1\r\n:2\r\n*1\r\n:3\r\n+1234567890123456789\r\n"
    const { values, error } = decode([bytes(wire)], limits)
    same(error, null, `limits ${show(limits)}; ${show(wire)}`)
    same(values.length, 3, `limits ${show(limits)}; ${show(wire)}: the number of messages`)
    for (const just of ["$16777216\r\n", "*65536\r\n", "*1\r\n".repeat(8), `+${"x".repeat(65_535)}\r\n`]) {
      same(decode([bytes(just)]).error, null, `default limits; ${show(just.slice(0, 40))}`)
    }
  })

  check("1a.20", [11], "the caller may reuse its chunk", () => {
    const chunk = Buffer.from("$6\r\nabc")
    const decoder = new project.RespDecoder()
    decoder.push(chunk)
    chunk.fill("x")
    same(
      decoder.push(bytes("def\r\n")).values,
      [bulk("abcdef")],
      "“$6\\r\\nabc” (then overwritten with x), “def\\r\\n”",
    )
  })
})
