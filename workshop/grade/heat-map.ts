import type { StageRecord, StudentRecord } from "./record.ts"
import { escaped, gradedStages, groupsOf, titleOf, totalOf } from "./reports.ts"

/** A page with the class at a glance: a row for each student, a column for each project. Needs nothing else to be seen. */
export function heatMap(students: readonly StudentRecord[]): string {
  const graded = gradedStages(students)
  const heads = graded.map((n) => `<th scope="col">${escaped(titleOf(n))}</th>`).join("")
  const rows = students.map((student) => row(student, graded)).join("\n")
  const averages = graded.map((n) => averageCell(students, n)).join("")
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Raft workshop: grades</title>
<style>${style}</style>
</head>
<body>
<h1>${String(students.length)} student${students.length === 1 ? "" : "s"}</h1>
<p>A cell is the share of a project's points, less what was taken off for being late. Follow a name to see what failed.</p>
<div class="scroll"><table>
<thead><tr><th scope="col">student</th>${heads}<th scope="col">total</th></tr></thead>
<tbody>
${rows}
</tbody>
<tfoot><tr><th scope="row">mean</th>${averages}<td></td></tr></tfoot>
</table></div>
<h2>Where the class is stuck</h2>
${stuck(students, graded)}
<h2>Each student</h2>
${students.map(details).join("\n")}
</body>
</html>
`
}

function row(student: StudentRecord, graded: readonly number[]): string {
  const cells = graded.map((n) => {
    const record = student.stages.find(({ stage }) => stage === n)
    if (!record) return `<td class="none">–</td>`
    const share = record.worth === 0 ? record.points / record.maxPoints : record.mark / record.worth
    return heat(share, `${String(record.points)} of ${String(record.maxPoints)} points${lateNote(record)}`)
  })
  const { mark, worth } = totalOf(student)
  const name = escaped(student.student)
  return `<tr><th scope="row"><a href="#${anchor(student)}">${name}</a></th>${cells.join("")}<td>${String(mark)} of ${String(worth)}</td></tr>`
}

function lateNote({ late }: StageRecord): string {
  return late === 0 ? "" : `, ${String(late)} % off`
}

/** From red by yellow to green; the number says it without colour. */
function heat(share: number, title: string): string {
  const hue = String(Math.round(share * 130))
  return `<td style="--hue:${hue}" title="${escaped(title)}">${String(Math.round(share * 100))}</td>`
}

function averageCell(students: readonly StudentRecord[], n: number): string {
  const records = students.flatMap(({ stages }) => stages.filter(({ stage }) => stage === n))
  const sum = records.reduce((total, { points, maxPoints }) => total + points / maxPoints, 0)
  return heat(sum / records.length, `${String(records.length)} graded`)
}

/** For each project the checks that most students fail: those who have begun what is checked. */
function stuck(students: readonly StudentRecord[], graded: readonly number[]): string {
  const items = graded.flatMap((n) => {
    const records = students.flatMap(({ stages }) => stages.filter(({ stage }) => stage === n))
    const failing = new Map<string, { title: string; count: number }>()
    for (const { checks } of records) {
      for (const { id, title, passed, unwritten } of checks) {
        if (!passed && !unwritten) failing.set(id, { title, count: (failing.get(id)?.count ?? 0) + 1 })
      }
    }
    const worst = [...failing].toSorted(([, a], [, b]) => b.count - a.count).slice(0, 5)
    if (worst.length === 0) return []
    const lines = worst.map(
      ([id, { title, count }]) =>
        `<li>${escaped(`${id} ${title}`)}: ${String(count)} of ${String(records.length)}</li>`,
    )
    return [`<h3>Project ${escaped(titleOf(n))}</h3><ul>${lines.join("")}</ul>`]
  })
  return items.length === 0 ? "<p>Nowhere: what is written passes, for everybody.</p>" : items.join("\n")
}

function details(student: StudentRecord): string {
  const parts = student.stages.map((record) => {
    const groups = groupsOf(record).map(({ group, checks }) => {
      const failed = checks.filter(({ passed }) => !passed)
      if (failed.length === checks.length && failed.every(({ unwritten }) => unwritten))
        return `<h5>${escaped(group)}: not begun</h5>`
      const told = failed.map(
        ({ id, title, message = "" }) =>
          `<dt>${escaped(`${id} ${title}`)}</dt><dd><pre>${escaped(message)}</pre></dd>`,
      )
      const passed = `${String(checks.length - failed.length)} of ${String(checks.length)}`
      return `<h5>${escaped(group)}: ${passed}</h5>${told.length === 0 ? "" : `<dl>${told.join("")}</dl>`}`
    })
    return `<details><summary>Project ${escaped(titleOf(record.stage))}: ${String(record.mark)} of ${String(record.worth)}${lateNote(record)}</summary>${groups.join("")}</details>`
  })
  const remarks = student.remarks.map((remark) => `<li>${escaped(remark)}</li>`).join("")
  const commit = student.commit === null ? "" : ` <code>${escaped(student.commit.slice(0, 12))}</code>`
  return `<section id="${anchor(student)}"><h4>${escaped(student.student)}${commit}</h4><ul>${remarks}</ul>${parts.join("")}</section>`
}

function anchor({ student }: StudentRecord): string {
  return `student-${encodeURIComponent(student).replaceAll("%", "-")}`
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: separate; border-spacing: 3px; }
th { font-weight: 500; text-align: left; padding: .3rem .6rem; }
thead th { vertical-align: bottom; max-width: 7rem; font-size: .85rem; }
td { text-align: right; padding: .3rem .6rem; border-radius: 4px; font-variant-numeric: tabular-nums; }
td[style] { background: light-dark(hsl(var(--hue) 65% 80%), hsl(var(--hue) 45% 28%)); }
td.none { text-align: center; opacity: .5; }
h5 { margin: .8rem 0 .2rem; }
dt { font-weight: 500; }
dd { margin: 0 0 .6rem 1rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font-size: .85rem; }
section ul:empty { display: none; }
`
