import { createConnection } from "node:net"
import * as z from "zod"

const status = z.object({
  role: z.string(),
  currentTerm: z.number(),
  leader: z.string().nullable(),
  lastIndex: z.number(),
  commitIndex: z.number(),
  lastApplied: z.number(),
})

/** What a server of project 10 says of itself. */
export type Status = z.infer<typeof status>

const question = "*2\r\n$4\r\nRAFT\r\n$6\r\nstatus\r\n"

/** Asks a server on this machine, by RESP. `null`: no answer in `patience` milliseconds, or none that makes sense. */
export function askStatus(port: number, patience: number): Promise<Status | null> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" })
    let text = ""
    const end = (answer: Status | null): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(end, patience, null)
    socket.on("error", () => {
      end(null)
    })
    socket.on("connect", () => socket.write(question))
    socket.on("data", (chunk) => {
      text += chunk.toString()
      if (text.endsWith("}\r\n")) end(parse(text))
      else if (text.startsWith("-")) end(null)
    })
  })
}

/** A bulk string of JSON: its length, a line end, the text. */
function parse(reply: string): Status | null {
  try {
    return status.parse(JSON.parse(reply.slice(reply.indexOf("\n"))))
  } catch {
    return null
  }
}
