/** The planted bugs of projects 4 to 7 that break a property of Figure 3, and with how many servers they are searched for. */
export const unsafe: Readonly<Record<string, number>> = {
  "commit-old-term": 3,
}
