#!/usr/bin/env node
// Plain JavaScript, so that Node can start it; from here on tsx reads the TypeScript.
import { register } from "tsx/esm/api"

register()
const { main } = await import("../main.ts")
await main()
